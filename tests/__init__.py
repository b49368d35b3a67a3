"""The tests of lms-scoring; what several of them need stands in `given.py`."""
