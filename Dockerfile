# One image for the web server, the worker and the clock: docker-compose.yml gives each its command.
FROM python:3.13-slim-bookworm AS packages
WORKDIR /build
COPY requirements/uv.txt requirements/run.txt ./
RUN pip install --no-cache-dir --require-hashes -r uv.txt \
 && python -m venv /venv \
 && uv pip install --no-cache --compile-bytecode --require-hashes --python /venv/bin/python -r run.txt

FROM python:3.13-slim-bookworm
# Pango composes the PDF; DejaVu draws the signs that the project's own font lacks.
# Debian's archive keeps only the newest version of a package, so pinning one here would soon break the build.
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install -y --no-install-recommends libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 10001 --user-group --no-create-home --home-dir /data --shell /usr/sbin/nologin aict \
 && install -d -o aict -g aict -m 0750 /data
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    XDG_CACHE_HOME=/tmp \
    AICT_VAR_DIR=/data \
    AICT_STATIC_DIR=/app/staticfiles
WORKDIR /app
COPY --from=packages /venv /venv
COPY manage.py ./
COPY aict aict
COPY partners partners
COPY typology typology
COPY evaluation evaluation
COPY strategy strategy
COPY templates templates
COPY static static
COPY fixtures fixtures
# Static files are compressed and named by their hash once, here; the running container writes only under /data.
RUN SECRET_KEY=build-only AICT_VAR_DIR=/tmp/build python manage.py collectstatic --noinput -v 0 \
 && python -m compileall -q aict partners typology evaluation strategy \
 && rm -rf /tmp/build
USER 10001:10001
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "aict.wsgi", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "4", "--worker-tmp-dir", "/dev/shm", "--access-logfile", "-"]
