"""Python eventsourcing on SQLite: pyes.py FOLDER MODE SINGLE REPLAY. Prints one rate a line."""
import json
import os
import sys
import time
import uuid

from eventsourcing.persistence import StoredEvent
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteDatastore

folder, mode, single, replay = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
PAYLOAD = json.dumps({"note": "x" * 289}).encode()


def recorder(name):
    path = os.path.join(folder, name)
    for suffix in ("", "-wal", "-shm"):
        if os.path.exists(path + suffix):
            os.unlink(path + suffix)
    store = SQLiteDatastore(db_name="file:" + path)
    made = SQLiteApplicationRecorder(store)
    made.create_table()
    return store, made


def event(stream, version):
    return StoredEvent(originator_id=stream, originator_version=version, topic="m:Switched",
                       state=PAYLOAD)


store, events = recorder("single.db")
stream = uuid.uuid4()
start = time.perf_counter()
for number in range(single):
    events.insert_events([event(stream, number + 1)])
print(f"{mode} recorder_single {single / (time.perf_counter() - start):.0f} ev/s")
store.close()

store, events = recorder("batch.db")
start = time.perf_counter()
for batch in range(replay // 100):
    stream = uuid.uuid4()
    events.insert_events([event(stream, number + 1) for number in range(100)])
print(f"{mode} recorder_batch100 {replay / (time.perf_counter() - start):.0f} ev/s")
start, count, first = time.perf_counter(), 0, 1
while True:
    page = events.select_notifications(first, 1000)
    if not page:
        break
    first = page[-1].id + 1
    for one in page:
        count += len(json.loads(one.state)) > 0
print(f"{mode} recorder_readall+json {count / (time.perf_counter() - start):.0f} ev/s (n={count})")
store.close()
