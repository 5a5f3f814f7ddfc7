# One image for migrate, seed and backend.
FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1
RUN useradd --create-home --uid 10001 app \
    && install --directory --owner app --group app /home/app/.config /home/app/.config/tiger

WORKDIR /app
COPY requirements.lock .
RUN pip install --no-cache-dir --root-user-action=ignore --require-hashes --requirement requirements.lock

COPY manage.py ./
COPY config config
COPY accounts accounts
COPY orders orders
COPY seeding seeding
RUN python -m compileall -q . && python manage.py collectstatic --noinput --verbosity 0

USER app
EXPOSE 8000
CMD ["gunicorn", "--config", "python:config.server"]
