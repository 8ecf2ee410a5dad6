"""The event file is read back record by record: length, its checksum, an event, its checksum."""

import struct

import numpy as np
from tensorboardX.crc32c import crc32c
from tensorboardX.proto.event_pb2 import Event

from tests.training.toy import finish, toy_run
from training.history import Columns
from training.tensorboard import event_file


def masked(data: bytes) -> int:
    crc = crc32c(data)
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def events(content: bytes) -> list[Event]:
    found = []
    while content:
        (size,), (of_size,) = struct.unpack("<Q", content[:8]), struct.unpack("<I", content[8:12])
        data, (of_data,) = content[12 : 12 + size], struct.unpack("<I", content[12 + size : 16 + size])
        assert (of_size, of_data) == (masked(content[:8]), masked(data))
        found.append(Event.FromString(data))
        content = content[16 + size :]
    return found


def test_every_number_is_there_at_its_step() -> None:
    run = toy_run()
    run.take(60)
    history = finish(run).poll().history
    first, *rest = events(event_file(history))
    assert first.file_version == "brain.Event:2"
    assert [event.step for event in rest] == history.steps.tolist()
    for row, event in enumerate(rest):
        found = {value.tag: value.simple_value for value in event.summary.value}
        assert found == {name: np.float32(column[row]) for name, column in history.values.items()}


def test_what_is_no_number_is_left_out() -> None:
    history = Columns(np.array([0, 5]), {"loss": np.array([1.0, np.nan]), "test_loss": np.array([np.inf, 2.0])})
    tags = [[value.tag for value in event.summary.value] for event in events(event_file(history))[1:]]
    assert tags == [["loss"], ["test_loss"]]
