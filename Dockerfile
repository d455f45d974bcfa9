# One image for every production process; docker-compose.yml says which command each runs.
FROM python:3.12-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DJANGO_SETTINGS_MODULE=config.settings
WORKDIR /srv/matchweek

COPY requirements.txt .
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes --only-binary :all: -r requirements.txt

COPY . .
# Collecting static files asks the settings, not the database: nothing here is used when the site runs.
RUN APP_MODE=production SECRET_KEY=build ALLOWED_HOSTS=build DATABASE_URL=postgres://build@build/build \
    REDIS_URL=redis://build EMAIL_URL=consolemail:// \
    python manage.py collectstatic --noinput -v 0 \
    && python -m compileall -q -j 0 . \
    && useradd --system --no-create-home --uid 10001 matchweek

USER matchweek
EXPOSE 8000 8001
CMD ["gunicorn", "--config", "config/gunicorn.py"]
