//! A bar on the terminal that shows how far something long has come, and the wish to stop it.
//!
//! It is drawn on standard error, and only when that is a terminal and nobody asked for JSON: what a program reads never
//! holds a trace of it. It never decides how the work goes; it only passes on that somebody pressed Ctrl-C.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use jisr_locales::{Lang, tr};

use super::serve::told_to_stop;
use crate::progress::{Progress, Stage, Watch};

/// What a program that was interrupted ends with.
pub const INTERRUPTED: u8 = 130;

/// Shows one stage after another.
pub struct Bar {
    lang: Lang,
    drawn: bool,
    stop: Arc<AtomicBool>,
    shown: Mutex<Option<(Stage, ProgressBar)>>,
}

impl Bar {
    /// A bar; without a terminal, or with `json`, nothing is ever drawn.
    pub fn new(lang: Lang, json: bool) -> Arc<Self> {
        let drawn = !json && std::io::stderr().is_terminal();
        Arc::new(Self { lang, drawn, stop: Arc::default(), shown: Mutex::new(None) })
    }

    /// From now on Ctrl-C, or the wish of the system that this program end, stops the work in order; a second one ends
    /// the program at once. For work that is done in this process: a server notices by itself that its caller has gone.
    pub fn stop_when_told(&self) -> std::io::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let stop = self.stop.clone();
        std::thread::Builder::new().name("interrupt".to_owned()).spawn(move || {
            runtime.block_on(told_to_stop());
            stop.store(true, Ordering::Relaxed);
            runtime.block_on(told_to_stop());
            std::process::exit(INTERRUPTED.into());
        })?;
        Ok(())
    }

    /// Takes the bar off the screen.
    pub fn clear(&self) {
        if let Some((_, bar)) = self.shown.lock().unwrap_or_else(PoisonError::into_inner).take() {
            bar.finish_and_clear();
        }
    }

    fn begin(&self, at: Progress) -> ProgressBar {
        let bar = ProgressBar::with_draw_target(at.total, ProgressDrawTarget::stderr());
        bar.with_style(style(at)).with_message(super::bare(&tr(self.lang, at.stage.key(), &[])))
    }
}

/// Bytes are told by their share, all else by its number; what has no known end by its number alone.
fn style(at: Progress) -> ProgressStyle {
    let template = match at.total {
        Some(_) if at.stage.is_in_bytes() => "{msg} {bar:24} {percent} % {elapsed_precise}",
        Some(_) => "{msg} {bar:24} {pos}/{len} {elapsed_precise}",
        None => "{msg} {spinner} {pos} {elapsed_precise}",
    };
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    style.progress_chars("=> ").tick_chars(r"|/-\ ")
}

impl Watch for Bar {
    fn goes_on(&self, at: Progress) -> bool {
        if self.drawn {
            let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
            match &*shown {
                Some((stage, bar)) if *stage == at.stage && bar.position() <= at.done => bar.set_position(at.done),
                _ => {
                    if let Some((_, before)) = shown.take() {
                        before.finish_and_clear();
                    }
                    let bar = self.begin(at);
                    bar.set_position(at.done);
                    *shown = Some((at.stage, bar));
                }
            }
        }
        !self.stop.load(Ordering::Relaxed)
    }
}
