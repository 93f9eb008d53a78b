"""An alert arrives at an MQTT broker whole."""

from __future__ import annotations

import queue
from contextlib import contextmanager

import pytest

from alerts.delivery import send_by_apprise
from alerts.threads import Letter
from tests.receivers.programs import free_port, installed, running

CONFIG = """\
listener {port} 127.0.0.1
allow_anonymous true
persistence false
"""


@contextmanager
def broker(folder):
    """Run a broker; yield a channel's URL and what a subscriber hears."""
    mqtt = pytest.importorskip("paho.mqtt.client", reason="paho-mqtt is not installed: pip install 'tocsin[mqtt]'")
    program, port = installed("mosquitto", "mosquitto"), free_port()
    (folder / "mosquitto.conf").write_text(CONFIG.format(port=port))
    with running([program, "-c", str(folder / "mosquitto.conf")], port, folder):
        heard, ready = queue.Queue(), queue.Queue()
        client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
        client.on_message = lambda _client, _data, message: heard.put((message.topic, message.payload.decode("utf8")))
        client.on_subscribe = lambda *_: ready.put(None)
        client.connect("127.0.0.1", port)
        client.subscribe("alerts/#", qos=1)
        client.loop_start()
        ready.get(timeout=20)
        try:
            yield f"mqtt://127.0.0.1:{port}/alerts/desk?qos=1", heard
        finally:
            client.disconnect()
            client.loop_stop()


def test_an_alert_arrives_at_a_broker_sign_by_sign(tmp_path):
    body = "“Одиннадцать боевиков убиты.”\n\nقُتل أحد عشر مسلحا\n\n🔔 once\n" + "строка\n" * 2000 + "end"
    with broker(tmp_path) as (url, heard):
        assert send_by_apprise(url, Letter("11 killed, Кабардино-Балкария · 🔔", body, "critical", "k1", "t1")) is None
        topic, text = heard.get(timeout=20)

    assert topic == "alerts/desk"
    assert text.replace("\r\n", "\n") == f"11 killed, Кабардино-Балкария · 🔔\n{body}"


def test_a_broker_that_is_away_is_tried_again():
    pytest.importorskip("paho.mqtt.client", reason="paho-mqtt is not installed: pip install 'tocsin[mqtt]'")

    found = send_by_apprise(f"mqtt://127.0.0.1:{free_port()}/alerts", Letter("11 killed", "…", "info"))

    assert (found.code, found.permanent) == ("refused", False)
