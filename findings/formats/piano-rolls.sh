#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# A melody of 32 quarter notes, one after the other, in a MIDI file, and its piano roll with one frame or four frames per quarter note.
#
# pretty_midi 0.2.11, pypianoroll 1.0.4, mido 1.3.3, NumPy 2.3.5; the 201 tempi from 40 to 240 quarters a minute.
# Expected: every note fills its frames and no others, whatever the tempo and whether or not the file names its time signature.
# Observed: pretty_midi cuts the last frame at 85 tempi, and with it a last note of one frame: the end in seconds times the frames per second is cut
#   off, not rounded. pypianoroll is right at 22 tempi of a file with a time signature: ends of notes are cut off in the same way, so that a note of one
#   frame may vanish. Without a time signature it estimates where the beats begin and drops the notes before that, ten of these 32 at every tempo
#   with four frames per note. Neither says so.
# gatebench: `music` reads frames, not MIDI, and checks the sets' files by SHA-256; whoever makes rolls of his own should count the
#   notes (experiments/recipes/music.md).
set -euo pipefail
# shellcheck source=findings/common.sh
. "$(dirname "$(readlink -f "$0")")/../common.sh"
packages pretty_midi==0.2.11 pypianoroll==1.0.4 mido==1.3.3 numpy==2.3.5 'setuptools<81'
see venv/bin/python - <<'E2'
import warnings

warnings.simplefilter("ignore")
import mido
import numpy as np
import pretty_midi
import pypianoroll

NOTES, TICKS, LOWEST = 32, 480, 40


def write(tempo, signature):
    file = mido.MidiFile(ticks_per_beat=TICKS)
    track = mido.MidiTrack()
    file.tracks.append(track)
    track.append(mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(tempo)))
    if signature:
        track.append(mido.MetaMessage("time_signature", numerator=4, denominator=4))
    for note in range(LOWEST, LOWEST + NOTES):
        track.append(mido.Message("note_on", note=note, velocity=64))
        track.append(mido.Message("note_off", note=note, velocity=0, time=TICKS))
    file.save("melody.mid")


def by_seconds(tempo, frames):
    return pretty_midi.PrettyMIDI("melody.mid").get_piano_roll(fs=tempo / 60 * frames).T > 0


def by_beats(tempo, frames):
    return pypianoroll.read("melody.mid", resolution=frames).tracks[0].pianoroll > 0


for frames in 1, 4:
    exact = np.repeat(np.eye(NOTES, dtype=bool), frames, axis=0)
    for name, read in ("pretty_midi", by_seconds), ("pypianoroll", by_beats):
        for signature in False, True:
            right, lost = 0, []
            for tempo in range(40, 241):
                write(tempo, signature)
                roll = read(tempo, frames)[:, LOWEST:LOWEST + NOTES]
                right += roll.shape == exact.shape and (roll == exact).all()
                lost.append((~roll.any(0)).sum())
            print(f"{name}, {'with' if signature else 'without':7} a time signature, {frames} frame(s) per note: right at {right:3} tempi,",
                  f"notes lost at {np.count_nonzero(lost):3}, of 32 at most {max(lost)}")
E2
compare <<'E2'
pretty_midi, without a time signature, 1 frame(s) per note: right at 116 tempi, notes lost at  85, of 32 at most 1
pretty_midi, with    a time signature, 1 frame(s) per note: right at 116 tempi, notes lost at  85, of 32 at most 1
pypianoroll, without a time signature, 1 frame(s) per note: right at   0 tempi, notes lost at 201, of 32 at most 32
pypianoroll, with    a time signature, 1 frame(s) per note: right at  22 tempi, notes lost at 150, of 32 at most 31
pretty_midi, without a time signature, 4 frame(s) per note: right at 116 tempi, notes lost at   0, of 32 at most 0
pretty_midi, with    a time signature, 4 frame(s) per note: right at 116 tempi, notes lost at   0, of 32 at most 0
pypianoroll, without a time signature, 4 frame(s) per note: right at   0 tempi, notes lost at 201, of 32 at most 10
pypianoroll, with    a time signature, 4 frame(s) per note: right at  22 tempi, notes lost at   0, of 32 at most 0
E2
