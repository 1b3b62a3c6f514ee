#!/usr/bin/env python3
"""Makes labelled stems to learn roles from: music in MIDI files played with soundfonts, drum kits and singing voices.

Usage: material.py OUT [--only WORD] [--seconds S] [--most SESSIONS] [--jobs N]

Writes OUT/<song>-<fold>/*.flac (some .mp3) and OUT/list.tsv: file, role, session, fold of the song, fold of the sound
(soundfont, kits and singers belong to one fold each), what made the sound, and a name as a person may write it.
The same packages give the same sounds. Debian's packages: fluidsynth fluid-soundfont-gm csound-soundfont
timgm6mb-soundfont avldrums.lv2-soundfont hydrogen-drumkits openttd-openmsx planetblupi-music-midi freedoom mma festival
festvox-kallpc16k festvox-kdlpc16k festvox-italp16k festvox-itapc16k festvox-suopuhe-lj ffmpeg; from PyPI mido, numpy,
soundfile.
"""
import argparse, glob, hashlib, multiprocessing, os, subprocess

import mido, numpy as np, soundfile

import parts, singing, synth, treat
from parts import FONTS, HYDROGEN, KITS, RATE

FOLDS = 3
# Parts with a pitch in a session, at most.
MOST = 8
SHELF = [os.path.join(HYDROGEN, name) for name in sorted(os.listdir(HYDROGEN))] if os.path.isdir(HYDROGEN) else []
# Ways in which people name what they record.
NAMES = {
    "kick": "Kick,KIK,BD,kick_drum,Bass Drum,Kick 808", "snare": "Snare,SN,snr,Snare Drum,SD", "clap": "Clap,claps,Hand Clap",
    "hihat": "HH,Hi-Hat,hats,Hat,HiHat closed", "toms": "Toms,Tom 1,floor tom,Rack Tom,tms", "ride": "Ride,ride cym,RD",
    "crash": "Crash,CRASH L,Crash Cymbal", "percussion": "Perc,Shaker,congas,Tambourine,Percussion Loop",
    "drums": "Drums,drum loop,Kit,DRUM BUS,beat", "overheads": "OH,Overheads,OH L+R", "room": "Room,room mics,drum room",
    "bass": "Bass,BASS DI,bs gtr,Sub Bass,Bassline", "electric-guitar": "EGtr,Dist Gtr,Lead Guitar,gtr amp,rhythm gtr,E-Git",
    "acoustic-guitar": "AcGtr,Acoustic Guitar,nylon gtr,AG strum", "piano": "Piano,Pno,Grand Piano,upright pno",
    "keys": "Keys,Rhodes,EP,Wurli,clav,Keyboard", "organ": "Organ,Hammond,B3,org", "mallet": "Vibes,Marimba,glock,Xylo",
    "synth-lead": "Synth Lead,lead synth,SawLead", "synth": "Synth,Arp,Pluck,synth stab,Juno", "pad": "Pad,warm pad,PAD 2,Atmo",
    "strings": "Strings,Violins,Cello,str sect", "brass": "Brass,Trumpet,Sax,Flute,Horns,tpt",
    "lead-vocal": "Lead Vox,LV,Vocal,Lead Vocal comp,Vox Main", "backing-vocal": "BGV,Backing Vox,BV 1,harmony vox,Backups",
    "choir": "Choir,Choir Aahs,oohs", "fx": "FX,Riser,sweep,SFX Impact,noise fx"}


def chance_of(*words):
    return np.random.default_rng(int.from_bytes(hashlib.sha256("/".join(map(str, words)).encode()).digest()[:8], "little"))


def name_of(role, number, chance):
    """A file name as people write them; one in ten says nothing."""
    word = str(chance.choice(NAMES[role].split(",")))
    if chance.random() < 0.1:
        word = str(chance.choice(["Audio", "Track", "Untitled", "Take"])) + f" {number}"
    word = [word, word.lower(), word.replace(" ", "_"), word.upper()][int(chance.integers(4))]
    before = ["", f"{number:02d}_", f"{number:02d} ", f"{number}-"][int(chance.integers(4))]
    return before + word + ["", "", "_01", " final", ".1"][int(chance.integers(5))]


def pitched(found, start, font, seconds, chance):
    """Every part with a pitch: role, sound, what made it."""
    count = {}
    for t, m, key in found:
        if m.type == "note_on" and m.velocity and key[0] != "drum" and start <= t < start + seconds:
            count[key] = count.get(key, 0) + 1
    keys = sorted(k for k, n in count.items() if n >= 4 and parts.PROGRAMS[k[1]])
    for key in [keys[i] for i in chance.permutation(len(keys))][:MOST]:
        role = parts.PROGRAMS[key[1]]
        yield role, parts.render(parts.cut(found, key, start, seconds), font, seconds), f"{os.path.basename(font)} {key[1]}"


def recast(found, start, font, seconds, chance):
    """Parts of the song on instruments that music files rarely ask for."""
    notes = {}
    for t, m, key in found:
        if m.type == "note_on" and m.velocity and key[0] != "drum" and start <= t < start + seconds:
            notes.setdefault(key, []).append(m.note)
    keys = sorted(key for key, of in notes.items() if len(of) >= 6)
    for _ in range(5 if keys else 0):
        key = keys[int(chance.integers(len(keys)))]
        role = str(chance.choice(sorted(parts.RARE)))
        programs = [p for p, of in enumerate(parts.PROGRAMS) if of == role]
        program = programs[int(chance.integers(len(programs)))]
        # By octaves to where the instrument plays; tuba, bassoon and their like an octave and a half lower.
        middle = parts.RARE[role] - (18 if program in (42, 43, 57, 58, 66, 67, 70) else 0)
        shift = 12 * int(round((middle + chance.normal() * 5 - np.median(notes[key])) / 12))
        sound = parts.render(parts.cut(found, key, start, seconds, program, shift), font, seconds)
        yield role, sound, f"{os.path.basename(font)} {program}"


def drummed(found, start, fold, seconds, chance):
    """The pieces of the kit, each alone, played by a soundfont, a drum soundfont or a kit of samples."""
    pieces = {}
    for t, m, key in found:
        if m.type == "note_on" and m.velocity and key[0] == "drum" and start <= t < start + seconds:
            pieces[key[1]] = pieces.get(key[1], 0) + 1
    shelf = [None, *SHELF[fold::FOLDS]]
    which = shelf[int(chance.integers(len(shelf)))]
    kit, out = which and parts.Kit(which), {}
    for piece in sorted(p for p, n in pieces.items() if n >= 2):
        if kit:
            out[piece] = (kit.play(found, piece, start, seconds, chance), kit.name)
        else:
            font = KITS[fold] if KITS[fold] and chance.random() < 0.5 else FONTS[fold]
            program = 0 if font == KITS[fold] else int(chance.choice([0, 0, 8, 16, 24, 25, 32, 40]))
            sound = parts.render(parts.cut(found, ("drum", piece), start, seconds, program), font, seconds)
            out[piece] = (sound, f"{os.path.basename(font)} kit {program}")
    return {piece: (x, by) for piece, (x, by) in out.items() if np.abs(x).max() > 1e-3}


def kit(pieces, chance):
    """How the pieces come: alone, as a whole, or alone with overheads and room."""
    how = chance.random()
    whole = lambda weights: sum(x / max(treat.rms(x), 1e-6) * w for (x, _), w in
                                ((v, weights.get(p, 0.5)) for p, v in pieces.items()))
    some = next(iter(pieces.values()))[1]
    if how < 0.75:
        yield from ((piece, x, by) for piece, (x, by) in pieces.items())
    if len(pieces) < 3:
        return
    balance = {p: 10 ** (chance.normal() * 4 / 20) * (0.5 if p in ("hihat", "ride", "percussion") else 1) for p in pieces}
    if how > 0.6:
        yield "drums", whole(balance), some
    if how < 0.2:
        over = whole({p: 1.0 if p in ("hihat", "ride", "crash") else 0.7 for p in pieces})
        yield "overheads", treat.room(over, chance, 0.5, -8), some
        yield "room", treat.room(whole(balance), chance, chance.uniform(0.4, 1.2), 6), some


def sung(fold, chance, seconds):
    """A lead voice and its harmonies."""
    singers = singing.SINGERS[fold]
    tempo = int(chance.integers(80, 125))
    speaker, low, high = singers[int(chance.integers(len(singers)))]
    lines = singing.melody(chance, low, high, seconds, tempo)
    voice = singing.air(singing.sing(speaker, lines, tempo, 0, seconds), chance)
    yield "lead-vocal", np.stack([voice, voice], 1), speaker
    for shift in ([4, 7], [-5], [3], [])[int(chance.integers(4))]:
        many = [singing.sing(singers[i % len(singers)][0], lines, tempo, shift, seconds) for i in range(2)]
        many = [np.roll(singing.air(x, chance), int(chance.normal() * 0.015 * RATE)) for x in many]
        spread = chance.random()
        left, right = many[0] + (1 - spread) * many[1], many[1] + (1 - spread) * many[0]
        yield "backing-vocal", treat.room(np.stack([left, right], 1), chance, None, chance.uniform(-14, -4)), speaker


def made(chance, seconds):
    """A session of a plain synthesiser."""
    tempo = int(chance.integers(85, 150))
    pieces = [p for p in ("kick", "snare", "clap", "hihat", "toms", "percussion", "crash") if chance.random() < 0.7]
    yield from kit({p: (x, "synth") for p, x in synth.drums(pieces, chance, seconds, tempo).items()}, chance)
    for role in ("bass", "synth-lead", "synth", "synth", "pad", "pad"):
        if chance.random() < 0.7:
            yield role, synth.played(role, chance, seconds, tempo), "synth"
    for _ in range(int(chance.integers(1, 3))):
        yield "fx", synth.effect(chance, seconds, tempo), "synth"


def session(job):
    """Plays one song with the sounds of one fold."""
    out, song, path, song_fold, fold, seconds, again = job
    name = f"{song}-{fold}" + again
    chance = chance_of(song, str(fold) + again)
    place = os.path.join(out, name)
    kept = os.path.join(place, "rows.tsv")
    if os.path.exists(kept):
        return open(kept).read().splitlines()
    os.makedirs(place, exist_ok=True)
    stems = []
    if path:
        found = parts.events(mido.MidiFile(path, clip=True))
        start = parts.window(found, seconds)
    if again:
        stems += list(recast(found, start, FONTS[fold], seconds, chance))
    elif path:
        stems += list(pitched(found, start, FONTS[fold], seconds, chance))
        pieces = drummed(found, start, fold, seconds, chance)
        stems += list(kit(pieces, chance)) if pieces else []
        if chance.random() < 0.6:
            stems += list(sung(fold, chance, seconds))
    else:
        stems += list(made(chance, seconds))
        stems += list(sung(song_fold, chance, seconds))
    stems = [(role, x, by) for role, x, by in stems if treat.rms(x) > 1e-4]
    rows = []
    for number, (role, x, by) in enumerate(stems, 1):
        y = dressed(role, x, [s[1] for s in stems if s[1] is not x], chance)
        called = name_of(role, number, chance)
        file = f"{number:02d}-{role}"
        soundfile.write(os.path.join(place, file + ".flac"), y, RATE, subtype="PCM_16")
        if chance.random() < 0.12:
            rate = str(chance.choice(["96k", "128k", "160k"]))
            subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", os.path.join(place, file + ".flac"), "-b:a", rate,
                            os.path.join(place, file + ".mp3")], check=True)
            os.remove(os.path.join(place, file + ".flac"))
            file += ".mp3"
        else:
            file += ".flac"
        rows.append("\t".join([os.path.join(name, file), role, name, str(song_fold), str(fold), by,
                               called + file[-5 if file.endswith("flac") else -4:]]))
    with open(kept, "w") as text:
        text.write("\n".join(rows))
    return rows


def dressed(role, x, others, chance):
    """The stem as it may come out of a session."""
    x = x / max(treat.rms(x), 1e-6) * 0.1
    if role == "electric-guitar" and chance.random() < 0.5 or role in ("bass", "keys", "organ", "synth") and chance.random() < 0.2:
        x = treat.amplifier(x, chance, role == "electric-guitar")
    if chance.random() < 0.7:
        x = treat.tilt(x, chance)
    if chance.random() < 0.3:
        x = treat.compress(x, chance)
    if chance.random() < 0.35:
        x = treat.room(x, chance)
    if others and chance.random() < 0.3:
        for other in [others[int(i)] for i in chance.integers(0, len(others), 3)]:
            x = x + other / max(treat.rms(other), 1e-6) * treat.rms(x) * 10 ** (chance.uniform(-42, -22) / 20)
    mono = chance.random() < (0.6 if role not in ("drums", "overheads", "pad", "strings", "piano", "fx") else 0.2)
    if mono:
        x = x.mean(1, keepdims=True)
    x = x / max(treat.rms(x), 1e-6) * 10 ** (chance.uniform(-32, -14) / 20)
    return x / max(1.0, np.abs(x).max() / 0.97)


def main():
    flags = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    flags.add_argument("out")
    flags.add_argument("--only", default="")
    flags.add_argument("--seconds", type=float, default=14.0)
    flags.add_argument("--most", type=int, default=1000, help="sessions, at most")
    flags.add_argument("--jobs", type=int, default=2)
    flags = flags.parse_args()
    jobs = []
    for song, path in sorted(parts.songs(os.path.join(flags.out, "midi")).items()):
        digest = hashlib.sha256(song.encode()).digest()
        song_fold = digest[0] % FOLDS
        # Some songs are played a second time, by the sounds of another fold.
        others = [(song_fold + 1 + digest[1] % 2) % FOLDS] if digest[2] < 100 else []
        jobs += [(flags.out, song, path, song_fold, fold, flags.seconds, "") for fold in (song_fold, *others)]
        jobs.append((flags.out, song, path, song_fold, song_fold, flags.seconds, "again"))
    # The synthesiser is only learned from: it is no soundfont to be held out.
    jobs += [(flags.out, f"synth{i}", None, i % FOLDS, FOLDS, flags.seconds, "") for i in range(40)]
    jobs = [job for job in jobs if flags.only in job[1]]
    jobs.sort(key=lambda job: hashlib.sha256(f"{job[1]}-{job[4]}{job[6]}".encode()).digest())
    jobs = jobs[:flags.most]
    rows = []
    with multiprocessing.Pool(flags.jobs) as pool:
        for i, found in enumerate(pool.imap(session, jobs)):
            rows += found
            print(f"{i + 1} of {len(jobs)} sessions, {len(rows)} stems", end="\r", flush=True)
    rows.sort()
    with open(os.path.join(flags.out, "list.tsv"), "w") as out:
        out.write("file\trole\tsession\tsong\tsound\tmade by\tname\n" + "\n".join(rows) + "\n")
    print(f"{len(rows)} stems of {len(jobs)} sessions")


if __name__ == "__main__":
    main()
