"""Start-up time, size and memory of functions under AWS's runtime interface emulator.

    cold-start.py EMULATOR FOLDER ENVIRONMENT [STARTS]

FOLDER is the output of `cargo lambda build`: FOLDER/NAME/bootstrap. The others are compared with the one named `bare`.
ENVIRONMENT is a file with their environment variables, NAME=VALUE on each line. The functions start in turn, so that
other load on the machine affects all of them alike. Each handles its example event. Start-up times are printed, and the
median is also printed as a multiple of that of `bare`; there is no time limit. Exits with 1 when a response is wrong, or
when a zip or the memory exceeds its limit.
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

# Bytes.
ZIP_LIMIT = 5_000_000
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
    # Any thread of the process may have started the child.
    tasks = Path(f"/proc/{process.pid}/task").glob("*/children")
    return int(" ".join(children.read_text() for children in tasks).split()[0])


def wait_for(address):
    host, port = address.split(":")
    for _ in range(500):
        try:
            return socket.create_connection((host, int(port)), timeout=1).close()
        except ConnectionRefusedError:
            time.sleep(0.01)
    sys.exit(f"no server listens on {address}")


def start(emulator, binary, event, environment):
    """Returns the milliseconds of the init phase, the peak memory in bytes, and the response."""
    address = free_address()
    command = [emulator, "--runtime-interface-emulator-address", address, "--runtime-api-address", free_address()]
    process = subprocess.Popen(command + [binary], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    function = None
    try:
        wait_for(address)
        url = f"http://{address}/2015-03-31/functions/function/invocations"
        with urllib.request.urlopen(urllib.request.Request(url, event), timeout=60) as response:
            # A streamed response starts with its status, followed by its events.
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
    emulator, folder, environment_file, *starts = sys.argv[1:]
    starts = int(starts[0]) if starts else 20
    environment = dict(line.split("=", 1) for line in Path(environment_file).read_text().splitlines())
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
            # Functions invoked by a schedule or a DynamoDB stream respond without a status; a missing query is 404.
            fields = answer or {}
            if "errorType" in fields or fields.get("statusCode", 200) >= 500:
                wrong.append(f"{name}: {answer}")
    bare = statistics.median(took["bare"])
    print(f"{starts} starts each    start, ms     min   of bare   binary, MB   zip, MB   peak, MB")
    for name, binary in binaries.items():
        median = statistics.median(took[name])
        size, zip_size = os.path.getsize(binary), zipped(binary)
        print(
            f"{name:20} {median:10.2f} {min(took[name]):7.2f} {median / bare:9.2f}"
            f" {size / 1e6:12.2f} {zip_size / 1e6:9.2f} {memory[name] / 1e6:10.1f}"
        )
        if zip_size > ZIP_LIMIT:
            wrong.append(f"{name}: the zip has {zip_size} bytes, the limit is {ZIP_LIMIT}")
        if memory[name] > MEMORY_LIMIT:
            wrong.append(f"{name}: it used {memory[name]} bytes of memory, the limit is {MEMORY_LIMIT}")
    if wrong:
        sys.exit("\n".join(wrong))


main()
