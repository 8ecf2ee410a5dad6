"""The history of a run as an event file, which TensorBoard and programs like it show beside other runs."""

import math
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from training.history import Columns


def event_file(history: Columns) -> bytes:
    """Every recorded number as a scalar at its step; what is not a number is left out.

    The package is imported here, because that takes a second and a half and few visitors ask for it. Its writer of
    single files is used, not its `SummaryWriter`, which starts a thread and a queue between processes.
    """
    from tensorboardX.event_file_writer import EventsWriter
    from tensorboardX.proto.event_pb2 import Event
    from tensorboardX.proto.summary_pb2 import Summary

    with TemporaryDirectory() as folder:
        writer, now = EventsWriter(f"{folder}/run"), time.time()
        for row, step in enumerate(history.steps.tolist()):
            numbers = {name: float(column[row]) for name, column in history.values.items()}
            values = [Summary.Value(tag=tag, simple_value=x) for tag, x in numbers.items() if math.isfinite(x)]
            writer.write_event(Event(wall_time=now, step=step, summary=Summary(value=values)))
        writer.close()
        return next(Path(folder).iterdir()).read_bytes()
