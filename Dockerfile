# Mingzhang: web server, daemon and command line in one image. Build: docker build -t mingzhang .
FROM python:3.11-slim-bookworm AS build
COPY --from=ghcr.io/astral-sh/uv:0.13.8 /uv /usr/local/bin/uv
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never
WORKDIR /app
COPY pyproject.toml uv.lock README.md LICENSE ./
RUN uv sync --locked --no-dev --extra cluster --extra ocr --no-install-project
COPY pipelines pipelines
COPY expectations expectations
COPY sql sql
COPY samples samples
COPY dg.toml ./
RUN uv sync --locked --no-dev --extra cluster --extra ocr \
    && .venv/bin/python -m pipelines.orchestration.make_ready

FROM python:3.11-slim-bookworm
# Not root: reports come from untrusted places. Volumes must belong to this user.
RUN useradd --uid 10001 --create-home --shell /usr/sbin/nologin mingzhang \
    && install -d -o mingzhang -g mingzhang /data/raw /data/warehouse
COPY --from=build --chown=root:root /app /app
WORKDIR /app
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    DAGSTER_DISABLE_TELEMETRY=1 \
    DAGSTER_HOME=/data/warehouse/dagster \
    MINGZHANG_RAW=/data/raw \
    MINGZHANG_WAREHOUSE=/data/warehouse
USER mingzhang
VOLUME ["/data/raw", "/data/warehouse"]
ENTRYPOINT ["mingzhang"]
CMD ["--help"]
