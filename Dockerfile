# docker build -t latent-space-explorer .
# docker run -p 8501:8501 -v latent-space:/data latent-space-explorer
# or, the worker as a service of its own: docker compose up
FROM python:3.11-slim AS frontend

WORKDIR /app
COPY scripts/frontend.py scripts/
COPY frontend frontend
RUN python -m scripts.frontend

FROM python:3.11-slim

# Another package index to look into besides the usual one, for instance one with torch for CPUs.
ARG EXTRA_INDEX_URL=""

# requirements-s3.txt, where AE_HOME will be an s3:// address.
ARG REQUIREMENTS="requirements.txt"

ENV PYTHONUNBUFFERED=1 \
    AE_HOME=/data \
    AE_CACHE=/data \
    AE_HOST=0.0.0.0 \
    PORT=8501

RUN useradd --create-home --uid 1000 explorer \
    && install --directory --owner=explorer --group=explorer /data

WORKDIR /app

# The packages change less often than the app: a layer of their own.
COPY requirements.txt requirements-s3.txt ./
RUN python -m pip install --disable-pip-version-check --no-input --no-cache-dir \
    ${EXTRA_INDEX_URL:+--extra-index-url "$EXTRA_INDEX_URL"} -r "$REQUIREMENTS"

# Owned by root: the app can write to /data alone.
COPY . .
COPY --from=frontend /app/frontend/build frontend/build

USER explorer
VOLUME /data
EXPOSE 8501

HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz', timeout=4)"]

CMD ["python", "app.py"]
