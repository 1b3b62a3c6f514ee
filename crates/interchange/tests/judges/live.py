"""A Live set of ours as logic2ableton reads it: clips that find their sounds, none warped, nothing it stumbles over."""

import pathlib
import sys

from logic2ableton.ableton_parser import parse_ableton_project

found = parse_ableton_project(pathlib.Path(sys.argv[1]))
clips = [clip for track in found.audio_tracks for clip in track.clips]
assert clips and all(clip.source_path.exists() and not clip.is_warped for clip in clips)
assert not found.compatibility_warnings, found.compatibility_warnings
