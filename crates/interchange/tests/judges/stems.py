"""The stems of a song as mido and ffprobe read them: the tempo and the markers of the song, sounds of one rate and one length."""

import json
import pathlib
import subprocess
import sys
import tomllib

import mido

stems, song = pathlib.Path(sys.argv[1]), tomllib.loads(pathlib.Path(sys.argv[2]).read_text())["song"]

midi = mido.MidiFile(stems / "tempo and markers.mid")
meta = [message for message in mido.merge_tracks(midi.tracks) if message.is_meta]
(tempo,) = [message.tempo for message in meta if message.type == "set_tempo"]
assert abs(mido.tempo2bpm(tempo) - song["tempo"]) < 0.01, (tempo, song["tempo"])
markers = [message.text for message in meta if message.type == "marker"]
labels = [line.split("\t")[2] for line in (stems / "labels.txt").read_text().splitlines()]
assert markers == labels, (markers, labels)


def heard(file):
    """Rate and length in frames."""
    show = ["ffprobe", "-v", "error", "-show_streams", "-of", "json", str(file)]
    (stream,) = json.loads(subprocess.run(show, check=True, capture_output=True).stdout)["streams"]
    return stream["sample_rate"], stream["duration_ts"]


sounds = sorted(stems.rglob("*.wav"))
assert len({heard(file) for file in sounds}) == 1, {file.name: heard(file) for file in sounds}
print(f"{len(sounds)} stems, {mido.tempo2bpm(tempo):.2f} BPM, {len(markers)} markers")
