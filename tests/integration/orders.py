# SPDX-License-Identifier: Apache-2.0
"""Orders to a sabotaged worker (saboteur.c): be stopped, or die, at a step of the loop."""
import os
import time


class Orders:
    """One process's file of orders."""

    def __init__(self, path):
        self.path = str(path)

    def environment(self, without=""):
        return {"SABOTAGE_ORDER": self.path, "SABOTAGE_WITHOUT": without}

    def give(self, act, step, passes=1):
        """`act` is STOP or KILL."""
        with open(self.path + ".new", "w") as file:
            file.write(f"{act} {step} {passes}\n")
        os.rename(self.path + ".new", self.path)

    def are_obeyed(self):
        return not os.path.exists(self.path)

    def withdraw(self):
        if os.path.exists(self.path):
            os.unlink(self.path)


def is_stopped(process):
    try:
        with open(f"/proc/{process.pid}/stat") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] == "T"
    except FileNotFoundError:
        return False  # it is gone


def until(condition, what, seconds=60):
    deadline = time.monotonic() + seconds
    while not (answer := condition()):
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.05)
    return answer
