//! A chart to be taken along: with a title, what it is of, what was chosen, and what its colours mean.

use super::chart::Chart;
use super::strokes::swatch;
use crate::domain::Recipe;
use crate::picture::scene::Scene;
use crate::picture::{Heading, MARGIN, headed, said};

impl Heading {
    /// Of a recording: whose, by which recipe, and from when to when. `name` is masked or not, as it is to be seen.
    pub fn of(name: &str, recipe: &Recipe, chart: &Chart<'_>) -> Self {
        let instant = |at: f64| chart.clock.instant(at, chart.origin);
        let time = format!("{} to {} ({})", instant(chart.view.from), instant(chart.view.to), chart.clock.name());
        let lines =
            vec![recipe.in_words(), time, "Values are in the units of the feed, which does not name them.".to_owned()];
        Self { title: name.to_owned(), lines }
    }
}

/// Paints the chart below its heading; `say` gives English words as the picture is to say them. `over` is who else's motion is in
/// it, masked or not, as it is to be seen.
pub fn poster(
    chart: &Chart<'_>,
    heading: &Heading,
    over: Option<&str>,
    size: [f32; 2],
    say: fn(&str) -> String,
) -> Scene {
    let lines = heading.lines.iter().map(|line| said(line, say)).collect();
    let mut heading = Heading { title: say(&heading.title), lines };
    // As many lines as there will be, so that the room for the chart is known.
    heading.lines.push(String::new());
    let top = heading.height();
    let inner = [size[0] - MARGIN, (size[1] - top - MARGIN / 2.0).max(80.0)];
    let (scene, layout) = chart.paint(inner, &mut vec![]);
    heading.lines.pop();
    heading.lines.push(say(&layout.in_words()));
    let legend: Vec<_> = chart.legend(over, inner[0]).into_iter().map(|(ink, words)| (ink, say(&words))).collect();
    let legend: Vec<_> = legend.iter().map(|(ink, words)| (*ink, words.as_str())).collect();
    let scene = headed(scene.said(say), &heading, (&legend, swatch), size[0]);
    Scene { size, ..scene }
}
