"""Webhooks as Chatwoot sends them."""

import hashlib
import hmac
import time

TEXTS = (
    "Hola, quiero homologar el escape y el manillar de mi moto",
    "¿Cuánto cuesta? Soy particular",
    "Quiero hablar con una persona",
    "¿Qué papeles hacen falta?",
    "Sí, de acuerdo",
    "No",
    "He cambiado los intermitentes y la suspensión",
    "Tengo una autocaravana con toldo y placas solares",
    "",
)
NAMES = ("message_created", "message_created", "message_created", "message_updated", "conversation_status_changed", "contact_updated")


def message(number: int, conversation: int, text: str) -> dict:
    """What a customer writes."""
    return {
        "event": "message_created",
        "id": number,
        "content": text,
        "message_type": "incoming",
        "private": False,
        "account": {"id": 1},
        "inbox": {"id": 1},
        "conversation": {"id": conversation, "status": "open", "can_reply": True},
        "sender": {"id": conversation, "name": "Ana", "phone_number": f"+346001002{conversation:02}"},
    }


def event(random) -> dict:
    """Any event of one of twenty conversations."""
    body = message(random.randrange(1, 1 << 31), random.randrange(1, 21), random.choice(TEXTS))
    body["event"] = random.choice(NAMES)
    if body["event"] == "message_created" and random.random() < 0.2:
        body["message_type"], body["sender"]["type"] = "outgoing", "user"
    elif body["event"] == "conversation_status_changed":
        body.update(body.pop("conversation"), status=random.choice(("open", "pending", "resolved")))
    elif body["event"] == "contact_updated":
        body.update(body.pop("sender"))
    return body


def signature(secret: str, body: bytes) -> dict[str, str]:
    """The headers that prove a webhook to be Chatwoot's."""
    stamp = str(int(time.time()))
    digest = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {"X-Chatwoot-Timestamp": stamp, "X-Chatwoot-Signature": "sha256=" + digest}
