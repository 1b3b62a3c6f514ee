"""Puts the recordings into a session of Ardour: FOLDER SESSION TRACKS SECONDS."""
import os
import re
import sys

folder, session, tracks, seconds = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
TICKS = 282_240_000  # Ardour's units of time in a second
length = TICKS * seconds
audio = f"{session}/interchange/{os.path.basename(session)}/audiofiles"
os.makedirs(audio, exist_ok=True)
sources = ""
for number in range(tracks):
    name = f"t{number:03d}.wav"
    os.symlink(os.path.abspath(f"{folder}/{name}"), f"{audio}/{name}")
    sources += (f'<Source name="{name}" take-id="" type="audio" flags="" id="{800000 + number}" natural-position="a0" '
                'channel="0" origin="" gain="1"/>\n')
with open(f"{session}/canon.ardour") as file:
    text = file.read()
text = text.replace("<Sources/>", f"<Sources>\n{sources}</Sources>", 1)
text = text.replace("<Locations/>", f'<Locations><Location id="700001" name="session" start="a0" end="a{length}" '
                    'flags="IsSessionRange" locked="0" timestamp="0"/></Locations>', 1)
filled = 0


def fill(playlist):
    """A playlist with its one region."""
    global filled
    number, filled = filled, filled + 1
    return (f'{playlist.group(1)}>\n<Region name="t{number:03d}" muted="0" opaque="1" automatic="1" whole-file="0" '
            f'start="a0" length="a{length}@a0" first-edit="nothing" id="{900000 + number}" type="audio" '
            f'source-0="{800000 + number}" master-source-0="{800000 + number}" channels="1"/>\n</Playlist>')


text = re.sub(r'(<Playlist id="[0-9]+" name="t[^>]*?)/>', fill, text)
if filled != tracks:
    sys.exit(f"{filled} playlists for {tracks} tracks")
with open(f"{session}/canon.ardour", "w") as file:
    file.write(text)
