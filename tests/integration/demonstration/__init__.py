"""The stand-in platform, asked over HTTP."""
