"""An LTI platform over the network: its keys, its registration, its roster and its gradebook.

What does not belong here: judging launches (`lms_scoring.lti`), deciding what is sent and when (services).
Rules: Security Framework 1.1, Names and Roles 2.0, Assignment and Grade Services 2.0 (AGS), Dynamic
Registration 1.0.
"""
