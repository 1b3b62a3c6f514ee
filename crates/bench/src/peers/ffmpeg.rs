//! CANON-1 as one graph of ffmpeg's filters.

use std::fmt::Write as _;
use std::io;
use std::process::Command;

use super::{Job, Peer, place};
use crate::table::runs;
use crate::workload;

/// One graph, one thread.
pub const PEER: Peer = Peer {
    name: "ffmpeg",
    note: "no reverb of combs: a convolution with 3 s of noise; four echoes for the delay",
    from: "apt install ffmpeg",
    found: || runs("ffmpeg", &["-version"]),
    prepare,
};

const MASTER: &str = "bass=g=1:f=100:w=0.7:t=q,equalizer=f=400:t=q:w=1:g=-1,equalizer=f=3000:t=q:w=1:g=1,\
    treble=g=1:f=10000:w=0.7:t=q,acompressor=threshold=0.25:ratio=2:attack=20:release=150,\
    alimiter=limit=0.891:attack=5:release=100:level=0";

fn prepare(job: &Job) -> io::Result<Command> {
    let impulse = workload::impulse(&job.folder)?;
    let script = job.folder.join("graph.txt");
    mixsmith_audio::write_atomic(&mixsmith_audio::disk::real(), &script, graph(job.tracks).as_bytes())?;
    let mut command = Command::new("ffmpeg");
    command.args(["-nostdin", "-y", "-v", "error", "-filter_complex_threads", "1", "-threads", "1"]);
    for track in 0..job.tracks {
        command.arg("-i").arg(workload::file(&job.folder, track));
    }
    command.arg("-i").arg(impulse).arg("-filter_complex_script").arg(script);
    command.args(["-map", "[out]", "-c:a", "pcm_s24le"]).arg(&job.out);
    Ok(command)
}

fn graph(tracks: usize) -> String {
    let mut text = String::new();
    let [mut dry, mut reverb, mut delay] = [const { String::new() }; 3];
    for track in 0..tracks {
        let place = place(track);
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "[{track}:a]aformat=sample_fmts=fltp,highpass=f=80,bass=g=2:f=120:w=0.7:t=q,equalizer=f=400:t=q:w=1:g=-3,\
             equalizer=f=3000:t=q:w=1:g=2,treble=g=1.5:f=10000:t=q:w=0.7,\
             acompressor=threshold=0.125:ratio=3:attack=10:release=100,pan=stereo|c0={:.6}*c0|c1={:.6}*c0,\
             asplit=3[dry{track}][r{track}][d{track}];\
             [r{track}]volume={:.6}[reverb{track}];[d{track}]volume={:.6}[delay{track}];",
            place.gains[0], place.gains[1], place.reverb, place.delay
        );
        for (list, name) in [(&mut dry, "dry"), (&mut reverb, "reverb"), (&mut delay, "delay")] {
            let _ = write!(list, "[{name}{track}]");
        }
    }
    let _ = write!(
        text,
        "{dry}amix=inputs={tracks}:normalize=0[dry];{reverb}amix=inputs={tracks}:normalize=0[toreverb];\
         {delay}amix=inputs={tracks}:normalize=0[todelay];\
         [toreverb][{tracks}:a]afir=dry=10:wet=10[reverb];\
         [todelay]aecho=1:1:375|750|1125|1500:0.35|0.12|0.04|0.015[delay];\
         [dry][reverb][delay]amix=inputs=3:normalize=0,volume={:.6},{MASTER}[out]",
        (tracks as f64).sqrt().recip()
    );
    text
}
