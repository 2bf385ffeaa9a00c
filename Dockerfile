# The sandbox as an image: a virtual environment on a plain Python, a user of its own, data in /data.
# BASE is any Debian or Ubuntu with Python 3.11 or newer and its venv module.
ARG BASE=python:3.11-slim-bookworm

FROM ${BASE} AS build
WORKDIR /build
RUN python3 -m venv /build/tools && python3 -m venv --without-pip /opt/council
# What we stand on changes less often than our code: its layers come first and are kept.
COPY constraints.txt constraints-build.txt ./
RUN tools/bin/pip install --no-cache-dir --require-hashes -r constraints-build.txt \
 && tools/bin/pip --python /opt/council/bin/python install --no-cache-dir --require-hashes -r constraints.txt
COPY pyproject.toml README.md LICENSE ./
COPY synthetic_data synthetic_data
COPY service_apis service_apis
COPY scenarios scenarios
COPY sandbox sandbox
RUN tools/bin/pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir wheels . \
 && tools/bin/pip --python /opt/council/bin/python install --no-cache-dir --no-deps --no-index wheels/*.whl

FROM ${BASE}
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /data --shell /usr/sbin/nologin council \
 && install --directory --owner council --group council --mode 700 /data
COPY --from=build /opt/council /opt/council
ENV PATH=/opt/council/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    COUNCIL_DATA=/data \
    COUNCIL_HOST=0.0.0.0 \
    COUNCIL_PORT=8000
USER council
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["python", "-c", "import os, urllib.request as web; web.urlopen('http://127.0.0.1:' + os.environ['COUNCIL_PORT'] + '/readyz', timeout=4)"]
ENTRYPOINT ["council"]
CMD ["up"]
