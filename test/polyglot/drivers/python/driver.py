"""A channel driver: makes a chat of JSON lines a channel of OpenClaw Gateway. It ends when either side goes; start it again."""

import json
import os
import socket
import threading

import grpc
from openclaw.gateway.v1 import channel_driver_service_pb2 as api
from openclaw.gateway.v1 import channel_driver_service_pb2_grpc as rpc
from openclaw.gateway.v1 import channel_pb2, inbound_pb2

CHANNEL = os.environ["CHANNEL"]
CALL = {"metadata": [("authorization", f"Bearer {os.environ['TOKEN']}")], "wait_for_ready": True}
gateway = rpc.ChannelDriverServiceStub(grpc.insecure_channel(os.environ["GATEWAY"]))
chat = socket.create_connection(("127.0.0.1", int(os.environ["CHAT_PORT"])))
lines = chat.makefile()
# When given, deliveries wait until somebody logs in with it: openclaw channels login.
PASSWORD = os.environ.get("PASSWORD", "")
attempts: dict[str, int] = {}


def tell_chat(**what: object) -> None:
    chat.sendall(json.dumps(what).encode() + b"\n")


def report(said: dict) -> None:
    """Hands in a message or a reaction, and only then tells the chat that we have it."""
    message = inbound_pb2.InboundMessage(
        platform_id=said["id"], address="mia", sender_address="mia", text=said["text"],
        kind=channel_pb2.Conversation.KIND_DIRECT,
    )
    if "reaction" in said:
        message.reply_to = said["reaction"]["to"]
        message.reaction.emoji = said["reaction"]["emoji"]
        message.reaction.remove = said["reaction"]["remove"]
    gateway.ReportInbound(api.ReportInboundRequest(channel=CHANNEL, message=message), timeout=30, **CALL)
    tell_chat(op="kept", number=said["number"])


def complete(answer: dict) -> None:
    """Says what became of a delivery."""
    name = answer["delivery"]
    request = api.CompleteDeliveryRequest(name=name, attempt=attempts.pop(name))
    if answer["op"] == "sent":
        request.sent.platform_ids.append(answer["id"])
    elif answer.get("ids"):
        request.sent.platform_ids.extend(answer["ids"])
    else:
        request.unsent.message = "the chat did not take it"
        request.unsent.permanent = answer.get("permanent", False)
        request.unsent.retry_after.FromMilliseconds(answer.get("retryAfterMs", 0))
    gateway.CompleteDelivery(request, timeout=30, **CALL)


def log_in(login: str, step: int, **report: object) -> None:
    """Reports one step of a login or logout."""
    gateway.ReportLogIn(api.ReportLogInRequest(name=CHANNEL, login=login, step=step, **report), timeout=30, **CALL)


def take_password(given: api.LogInAnswer) -> None:
    """Ends a login, well or not."""
    if given.answer == PASSWORD:
        log_in(given.login, given.step + 1, done=api.LogInDone(title=f"{welcome['me']}, logged in"))
    else:
        log_in(given.login, given.step + 1, failed=api.LogInFailed(reason="that is not the password"))


def read_chat() -> None:
    try:
        for said in map(json.loads, lines):
            if said["op"] == "message":
                report(said)
            else:
                complete(said)
    finally:
        os._exit(1)


tell_chat(op="hello")
welcome = json.loads(lines.readline())
capabilities = channel_pb2.Capabilities(
    max_text=120, text_unit="characters", backfill=True, reconcile=True, login=PASSWORD != "",
)
introduction = api.AttachChannelRequest(name=CHANNEL, title=welcome["me"], capabilities=capabilities)
if PASSWORD:
    introduction.state = channel_pb2.Channel.STATE_LOGIN_REQUIRED
    introduction.reason = "the chat wants its password"
for frame in gateway.AttachChannel(introduction, **CALL):
    kind = frame.WhichOneof("frame")
    if kind == "attached":
        threading.Thread(target=read_chat, daemon=True).start()
    elif kind == "delivery":
        name = frame.delivery.delivery.name
        attempts[name] = frame.delivery.attempt
        if frame.delivery.settle:
            tell_chat(op="find", delivery=name)
        else:
            tell_chat(op="send", delivery=name, text=frame.delivery.delivery.action.message.text)
    elif kind == "log_in":
        log_in(frame.log_in.login, 1, prompt=api.LogInPrompt(question="What is the password?", secret=True))
    elif kind == "log_in_answer":
        take_password(frame.log_in_answer)
    elif kind == "log_out":
        log_in(frame.log_out.login, 1, done=api.LogInDone())
