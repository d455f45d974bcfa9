"""Ask this container's web server how it is, as its proxy would; exit 1 when it does not answer well."""

import os
import sys
import urllib.error
import urllib.request

if __name__ == "__main__":
    host = os.environ["ALLOWED_HOSTS"].split(",")[0].lstrip(".")
    question = urllib.request.Request(
        "http://127.0.0.1:8000/health/", headers={"Host": host, "X-Forwarded-Proto": "https"}
    )
    try:
        with urllib.request.urlopen(question, timeout=4) as answer:  # nosec B310 - a fixed address
            sys.exit(answer.status != 200)
    except urllib.error.URLError:
        sys.exit(1)
