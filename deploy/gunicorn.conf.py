"""gunicorn's settings: `gunicorn --config deploy/gunicorn.conf.py`; `lms-scoring worker` runs the jobs.

Pages are short and wait for the database, so a few threads share each process. A process makes room for a new
one now and then. Nothing of a request is logged here: addresses have ids of people.
"""

import os

wsgi_app = "lms_scoring.cli.serving:pages()"
bind = "127.0.0.1:8000"  # or what --bind says
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
threads = 4
timeout = 60
graceful_timeout = 30
max_requests = 10_000
max_requests_jitter = 1_000
# Nobody asks for it, and two servers of one user would take it from each other (gunicorn 25 and later).
control_socket_disable = True
accesslog = None
errorlog = "-"
# The web server in front says by which address and protocol people came, and nobody else may.
forwarded_allow_ips = "127.0.0.1"
