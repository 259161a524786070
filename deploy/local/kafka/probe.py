#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""probe.py HOST:PORT: exit 0 when the broker there lists itself in its cluster, else 1."""
import sys

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

TIMEOUT_S = 2


def main():
    admin = AdminClient({"bootstrap.servers": sys.argv[1], "log_level": 0})
    try:
        brokers = admin.list_topics(timeout=TIMEOUT_S).brokers.values()
    except KafkaException:
        return 1
    return 0 if sys.argv[1] in [f"{broker.host}:{broker.port}" for broker in brokers] else 1


if __name__ == "__main__":
    sys.exit(main())
