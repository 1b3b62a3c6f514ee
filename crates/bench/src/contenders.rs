//! Ways to time one kernel: inside this program, in Python, in ffmpeg.

use std::error::Error;
use std::path::PathBuf;
use std::process::Command;

use crate::measure;

/// One way to do a kernel's work.
pub struct Contender {
    /// The program or library.
    pub name: &'static str,
    /// Where it differs from ours.
    pub note: &'static str,
    /// Does it do the work that ours does, to the same quality? Only then are we held against it.
    pub same: bool,
    /// How it is timed.
    pub work: Work,
}

/// How a contender is timed.
pub enum Work {
    /// Called here.
    Here(Box<dyn FnMut()>),
    /// A line of `peers/kernels.py`, which times itself.
    Python(PathBuf, &'static str),
    /// A filter of ffmpeg's; a run of the tool without it is subtracted.
    Ffmpeg(PathBuf, &'static str),
}

impl Contender {
    /// A contender that is called here.
    pub fn here(name: &'static str, note: &'static str, work: impl FnMut() + 'static) -> Contender {
        Contender { name, note, same: true, work: Work::Here(Box::new(work)) }
    }

    /// The same, of one that does less.
    pub fn less(self) -> Contender {
        Contender { same: false, ..self }
    }

    /// Processor time of its work, seconds.
    pub fn time(&mut self) -> Result<f64, Box<dyn Error>> {
        match &mut self.work {
            Work::Here(work) => Ok(measure::own(work)?),
            Work::Python(file, kernel) => {
                let mut python = Command::new("python3");
                python.args(["-c", include_str!("../peers/kernels.py")]).arg(file).arg(*kernel);
                let output = python.output()?;
                let text = String::from_utf8_lossy(&output.stdout);
                text.trim().parse().map_err(|_| String::from_utf8_lossy(&output.stderr).into_owned().into())
            }
            Work::Ffmpeg(file, filter) => {
                let run = |filter: &str| {
                    let mut ffmpeg = Command::new("ffmpeg");
                    ffmpeg.args(["-nostdin", "-v", "error", "-threads", "1", "-i"]).arg(&*file);
                    ffmpeg.args(["-af", filter, "-f", "null", "-"]);
                    measure::run(&mut ffmpeg, &|| false)
                };
                Ok((run(filter)?.cpu - run("anull")?.cpu).max(0.0))
            }
        }
    }

    /// Can it be run here?
    pub fn found(&self) -> bool {
        use crate::table::runs;
        match &self.work {
            Work::Here(_) => true,
            Work::Python(..) => runs("python3", &["-c", "import pedalboard, numpy"]),
            Work::Ffmpeg(_, filter) => {
                let source = "anoisesrc=d=0.2,aformat=sample_rates=48000:channel_layouts=stereo";
                let sound = ["-v", "error", "-f", "lavfi", "-i", source, "-af", filter, "-f", "null", "-"];
                runs("ffmpeg", &sound)
            }
        }
    }
}
