"""django-post_office on SQLite: `postoffice.py FOLDER PORT prepare COUNT` queues mails, `... send` sends what waits.

Printed: `ready` once everything is loaded and the sending begins; at the end the Message-IDs it calls sent, as JSON.
"""

import json
import sys
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command


def configure(folder, port):
    settings.configure(
        SECRET_KEY="x",  # noqa: S106  Django wants one; nothing is signed here
        INSTALLED_APPS=["django.contrib.contenttypes", "post_office"],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": str(folder / "postoffice.db"),
                "OPTIONS": {
                    "timeout": 10,
                    "init_command": "PRAGMA journal_mode=wal; PRAGMA synchronous=full;",
                },
            }
        },
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=port,
        POST_OFFICE={
            "BACKENDS": {"default": "django.core.mail.backends.smtp.EmailBackend"},
            "MESSAGE_ID_ENABLED": True,
            "MESSAGE_ID_FQDN": "peer.example",
        },
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        USE_TZ=True,
    )
    django.setup()


def main():
    folder, port, act = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    configure(folder, port)
    # Django's models can be imported only now.
    from post_office import mail
    from post_office.models import STATUS, Email

    if act == "prepare":
        call_command("migrate", verbosity=0)
        mail.send_many(
            [
                {
                    "sender": "ducha@peer.example",
                    "recipients": [f"d{number}@shilixian.example"],
                    "subject": f"notice {number}",
                    "message": "please acknowledge",
                    "priority": "medium",
                }
                for number in range(int(sys.argv[4]))
            ]
        )
        print(json.dumps({"queued": int(sys.argv[4])}))
        return
    print("ready", flush=True)
    mail.send_queued_mail_until_done(str(folder / "lock"), processes=1, log_level=0)
    sent = list(Email.objects.filter(status=STATUS.sent).values_list("message_id", flat=True))
    left = Email.objects.exclude(status=STATUS.sent).count()
    print(json.dumps({"sent": sent, "left": left}))


if __name__ == "__main__":
    main()
