# docker build -t latent-space-explorer .
# docker run -p 8501:8501 -v latent-space:/data --read-only --tmpfs /tmp --cap-drop ALL \
#     --security-opt no-new-privileges latent-space-explorer
# or, the worker as a service of its own: docker compose up
#
# A tag may be moved to another image. For the very same one at each build, give it by its digest:
#     docker buildx imagetools inspect python:3.11-slim       prints the digest
#     docker build --build-arg PYTHON_IMAGE=python:3.11-slim@sha256:... .
ARG PYTHON_IMAGE=python:3.11-slim

FROM ${PYTHON_IMAGE} AS frontend

WORKDIR /app
COPY scripts/frontend.py scripts/
COPY frontend frontend
RUN python -m scripts.frontend

FROM ${PYTHON_IMAGE}

# `cpu` leaves CUDA out.
ARG TORCH=""

# Where something can be written when the rest is read-only.
ENV PYTHONUNBUFFERED=1 \
    HOME=/tmp \
    AE_HOME=/data \
    AE_CACHE=/data \
    AE_HOST=0.0.0.0 \
    PORT=8501

RUN useradd --no-create-home --uid 1000 explorer \
    && install --directory --owner=explorer --group=explorer /data

WORKDIR /app

# The packages change less often than the app: a layer of their own.
COPY requirements-server.lock ./
COPY scripts/packages.py scripts/
RUN PIP_NO_CACHE_DIR=1 python -m scripts.packages requirements-server.lock ${TORCH:+--torch "$TORCH"}

# Owned by root: the app can write to /data and /tmp alone.
COPY . .
COPY --from=frontend /app/frontend/build frontend/build
RUN python -m compileall -q app.py ae_core pages server

USER explorer
VOLUME /data
EXPOSE 8501

HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz', timeout=4)"]

CMD ["python", "app.py"]
