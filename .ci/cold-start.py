"""How long functions take to start, what they weigh and what memory they need while they answer, under AWS's emulator.

    cold-start.py EMULATOR FOLDER ENVIRONMENT [STARTS]

FOLDER is what `cargo lambda build` fills: FOLDER/NAME/bootstrap; one NAME is `bare`, what the others are compared with.
ENVIRONMENT is a file with what they are told, NAME=VALUE on each line. They are started in turn, so that what else the
machine does meets all alike. Each answers its example event; what it answers is checked, its time only printed. Leaves
with 1 when an answer is wrong or a limit of size or memory is passed.
"""

import json
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
import zipfile
from pathlib import Path

ZIP_LIMIT = 3_000_000
MEMORY_LIMIT = 40_000_000


def free_address():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return "127.0.0.1:%d" % taken.getsockname()[1]


def zipped(binary):
    with tempfile.TemporaryFile() as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(binary, "bootstrap")
        return file.tell()


def child_of(process):
    # Any of its threads may have started it.
    tasks = Path(f"/proc/{process.pid}/task").glob("*/children")
    return int(" ".join(children.read_text() for children in tasks).split()[0])


def wait_for(address):
    host, port = address.split(":")
    for _ in range(500):
        try:
            return socket.create_connection((host, int(port)), timeout=1).close()
        except ConnectionRefusedError:
            time.sleep(0.01)
    sys.exit(f"nobody listens on {address}")


def start(emulator, binary, event, environment):
    """Milliseconds of initialisation, peak bytes of memory, and the answer."""
    address = free_address()
    command = [emulator, "--runtime-interface-emulator-address", address, "--runtime-api-address", free_address()]
    process = subprocess.Popen(command + [binary], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    function = None
    try:
        wait_for(address)
        url = f"http://{address}/2015-03-31/functions/function/invocations"
        with urllib.request.urlopen(urllib.request.Request(url, event), timeout=60) as response:
            # A stream has its status first, and then its events.
            answer, _ = json.JSONDecoder().raw_decode(response.read().decode())
        function = child_of(process)
        status = Path(f"/proc/{function}/status").read_text()
        peak = int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) * 1024
    finally:
        process.kill()
        if function:
            os.kill(function, signal.SIGKILL)
        log = process.communicate()[0]
    report = re.search(r"INIT REPORT\(durationMs: ([\d.]+)", log) or sys.exit(f"{binary}: no report in:\n{log}")
    return float(report[1]), peak, answer


def main():
    emulator, folder, told, *starts = sys.argv[1:]
    starts = int(starts[0]) if starts else 20
    environment = dict(line.split("=", 1) for line in Path(told).read_text().splitlines())
    environment["PATH"] = os.environ["PATH"]
    binaries = {path.parent.name: str(path) for path in sorted(Path(folder).glob("*/bootstrap"))}
    took = {name: [] for name in binaries}
    memory = dict.fromkeys(binaries, 0)
    wrong = []
    for _ in range(starts):
        for name, binary in binaries.items():
            event = Path(f"events/{'ask' if name == 'bare' else name}.json").read_bytes()
            ms, peak, answer = start(emulator, binary, event, environment)
            took[name].append(ms)
            memory[name] = max(memory[name], peak)
            # Those that the clock or a stream calls answer without a status; a missing query is 404.
            fields = answer or {}
            if "errorType" in fields or fields.get("statusCode", 200) >= 500:
                wrong.append(f"{name}: {answer}")
    bare = statistics.median(took["bare"])
    print(f"{starts} starts each    start, ms   least   of bare   binary, MB   zip, MB   peak, MB")
    for name, binary in binaries.items():
        median = statistics.median(took[name])
        size, zip_size = os.path.getsize(binary), zipped(binary)
        print(
            f"{name:20} {median:10.2f} {min(took[name]):7.2f} {median / bare:9.2f}"
            f" {size / 1e6:12.2f} {zip_size / 1e6:9.2f} {memory[name] / 1e6:10.1f}"
        )
        if zip_size > ZIP_LIMIT:
            wrong.append(f"{name}: the zip has {zip_size} bytes, more than {ZIP_LIMIT}")
        if memory[name] > MEMORY_LIMIT:
            wrong.append(f"{name}: it needed {memory[name]} bytes of memory, more than {MEMORY_LIMIT}")
    if wrong:
        sys.exit("\n".join(wrong))


main()
