"""Prints a transcript of about so many events: years of looks at a fleet, with a migration every six weeks."""

import sys
from datetime import datetime, timedelta, timezone

COUNT = int(sys.argv[1])
SHOPS = int(sys.argv[2]) if len(sys.argv) > 2 else 20

printed = 0
now = datetime(2012, 1, 1, 6, tzinfo=timezone.utc)
start = now


def stamp(time):
    return time.strftime("%Y-%m-%d %H:%M:%S+00:00")


def command(words, output, events=1):
    global printed, now
    print(f"# at {now.strftime('%Y-%m-%dT%H:%M:%SZ')}\n$ {words}\n{output}", end="")
    printed += events
    now += timedelta(seconds=20)


class Environment:
    def __init__(self, name, created):
        self.name, self.created, self.maintenance = name, created, "OFF"

    def look(self):
        rule = "-" * 16 + "  " + "-" * 25
        rows = [
            ("name", self.name), ("status", "RUNNING"), ("whitelist", "allow-all"), ("ssl certificate", "shops-2012"),
            ("created", stamp(self.created)), ("updated", stamp(now)), ("recycling", "ON"), ("size", "f1-large"),
            ("solr", "OFF"), ("maintenance mode", self.maintenance), ("previous release", "f7ac77a"), ("ha", "ON"),
            ("workers/instance", "100")]
        lines = [rule] + [f"{name:16}  {value}" for name, value in rows] + [
            rule, "", "Releases:", "name     status      loaded                     updated                      frontends",
            "-------  ----------  -------------------------  -------------------------  -----------",
            f"c341606  * ACTIVE *  {stamp(self.created)}  {stamp(self.created)}            2", "", "Endpoints:",
            "--------       ---------------------------------",
            f"www            www.{self.name}.bestpants.f.nchr.io",
            "--------       ---------------------------------"]
        command(f"fleet env describe {self.name}", "\n".join(lines) + "\n")


def list_environments(environments):
    width = max(4, *(len(e.name) for e in environments))
    head = f"{'name':{width}}  status    release      releases  certificate  created                    updated"
    rule = f"{'-' * width}  --------  ---------  ----------  -----------  -------------------------  -------------------------"
    rows = [
        f"{e.name:{width}}  RUNNING   c341606             1  shops-2012   {stamp(e.created)}  {stamp(e.created)}"
        for e in environments]
    command("fleet env list", "\n".join([head, rule] + rows) + "\n")


def look_up(shop, environment):
    command(f"ledger-cli record observation dns www.shop{shop:02}.example --target www.{environment.name}.bestpants.f.nchr.io --ttl 300", "")


def migrate(shop, old, number):
    """One evening; returns the environment that serves from then on."""
    global now
    new = Environment(f"shop{shop:02}-prod{number}", now)
    name = f"move-{number}"
    command(f"ledger-cli migration open {name} --from {old.name} --to {new.name} --method snapshot --hostname www.shop{shop:02}.example", "")
    command(f"fleet env maintenance {old.name} ON", f"Maintenance Mode for Environment {old.name} is now being turned ON\n")
    old.maintenance = "ON"
    now += timedelta(minutes=2)
    old.look()
    command(f"fleet snapshot create {old.name} --name {name}", f"Snapshot {name} is now being created\n")
    taken = now
    now += timedelta(minutes=5)
    command("fleet snapshot list", "\n".join([
        f"{'name':12}  {'environment':16}  status     size    type       created",
        f"{'-' * 12}  {'-' * 16}  ---------  ------  ---------  -------------------------",
        f"{name:12}  {old.name:16}  AVAILABLE  100GB   MANUAL     {stamp(taken)}"]) + "\n")
    new.created = now + timedelta(seconds=5)
    command(f"fleet env create --size f1-large --ha --source-environment {old.name} --snapshot {name} {new.name}", f"Environment {new.name} is now being created\n")
    now += timedelta(minutes=10)
    command(f"fleet env activate {new.name} c341606", f"Release c341606 is now being activated for environment {new.name}\n")
    new.look()
    command(f"ledger-cli record test {new.name} passed", "")
    command("ledger-cli record decision go", "")
    command(f"ledger-cli record dns www.shop{shop:02}.example --to {new.name} --ttl 300", "")
    look_up(shop, new)
    command(f"ledger-cli migration close {name}", "")
    return new


print("# platform fleet\n# at 2012-01-01T06:00:00Z\n# actor nightly")
fleet = {shop: Environment(f"shop{shop:02}-prod", start - timedelta(days=90)) for shop in range(1, SHOPS + 1)}
stages = [Environment(f"shop{shop:02}-stage", start - timedelta(days=60)) for shop in range(1, SHOPS + 1)]
old = []
day = number = 0
while printed < COUNT:
    now = start + timedelta(days=day)
    everything = sorted(list(fleet.values()) + stages, key=lambda e: e.name)
    list_environments(everything)
    for environment in everything:
        environment.look()
    for shop, environment in fleet.items():
        look_up(shop, environment)
    if day % 40 == 20:
        number += 1
        shop = number % SHOPS + 1
        fleet[shop] = migrate(shop, fleet[shop], number)
    day += 1
