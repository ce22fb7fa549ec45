"""The time that a started function needs per question.

    question-time.py ADDRESS QUESTIONS...

ADDRESS is where AWS's runtime interface emulator listens, running `ask`. QUESTIONS are files, each a JSON list of
questions or of objects with a field `question`. Asks every question, then every question again (answered from the
cache), and prints the milliseconds per question. Exits with 1 when a question gets no answer.
"""

import json
import statistics
import sys
import time
import urllib.request


def ask(address, event, question):
    """Returns milliseconds."""
    event = event | {"body": json.dumps({"query": question})}
    request = urllib.request.Request(f"http://{address}/2015-03-31/functions/function/invocations", json.dumps(event).encode())
    started = time.perf_counter()
    with urllib.request.urlopen(request, timeout=60) as response:
        answer = json.load(response)
    took = (time.perf_counter() - started) * 1000
    if answer.get("statusCode") != 200:
        sys.exit(f"{question}: {answer}")
    return took


def main():
    address, *files = sys.argv[1:]
    with open("events/ask.json") as file:
        event = json.load(file)
    questions = []
    for name in files:
        with open(name) as file:
            questions += [entry if isinstance(entry, str) else entry["question"] for entry in json.load(file)]
    # cold-start.py measures the start.
    ask(address, event, "Is anybody there?")
    print(f"{len(questions)} questions         mean, ms     p50     p95")
    for name in ["first time", "from the cache"]:
        took = sorted(ask(address, event, question) for question in questions)
        print(f"  {name:18} {statistics.mean(took):10.1f} {took[len(took) // 2]:7.1f} {took[len(took) * 95 // 100]:7.1f}")


main()
