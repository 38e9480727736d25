//! The report of a review: one HTML file that says everything by itself, without a script and without the network. People
//! and devices are in it by their codes only.

mod html;

use std::fmt::Write as _;
use std::path::Path;

use crate::curation::{Codes, Curation, CurationError};
use crate::domain::format::{bytes, counted, thousands, utc};
use crate::domain::{Cancelled, CheckId, CheckVerdict, Progress, Table};
use crate::explore::Follow;
use crate::landing::Landing;
use crate::picture::{Coloring, Heading, svg};
use crate::review::joins::{JoinReport, PairKind, Stranger, joins};
use crate::review::{Change, Check, Flow, Review, Trail, waterfalls};
use crate::signals::{Chart, Plotted, Span, Style, other_motion, poster, record};

use super::{ExportError, write_file};
use html::{Table as Grid, escaped, image, page};

/// How many devices are drawn.
const MOST_DRAWN: usize = 3;

/// Milliseconds that are drawn before and behind a foreign pair.
const AROUND: f64 = 20_000.0;

/// Writes the report, complete or not at all. `when` is the time of its making, in milliseconds since 1970-01-01 00:00 UTC,
/// and the only thing in it that differs from run to run.
///
/// # Errors
/// When something cannot be worked out, or the disk refuses.
pub fn write_report(
    landing: &Landing,
    curation: &Curation,
    review: &Review,
    trail: &Trail,
    when: i64,
    path: &Path,
) -> Result<(), ExportError> {
    let text = report(landing, curation, review, trail, when).map_err(|error| match error {
        CurationError::Cancelled(Cancelled) => ExportError::Cancelled(Cancelled),
        error => ExportError::Report { path: path.to_owned(), why: error.to_string() },
    })?;
    write_file(path, text.as_bytes())
}

/// A report that says first that customers were taken out after the review that it is of.
pub(super) fn taken_out(report: &str, customers: u64, rows: u64) -> String {
    let (who, what) = (counted(customers, "customer"), counted(rows, "row"));
    let were = if customers == 1 { "was" } else { "were" };
    html::said_first(
        report,
        &format!(
            "{who} with {what} {were} taken out of this export after the review: its figures and its signature are of what the export \
             was first made of."
        ),
    )
}

/// The report for those who get an export: what was checked and accepted, the flows, the recipe and the files. It has no codes
/// of people and devices, which are hashes without a key, no joins row by row, no drawn recordings, and nothing that differs
/// from run to run.
///
/// # Errors
/// When something cannot be worked out.
pub(super) fn outside_report(
    landing: &Landing,
    curation: &Curation,
    review: &Review,
    trail: &Trail,
) -> Result<String, CurationError> {
    let progress = Progress::default();
    let mut body = String::new();
    body += &verdict(review, trail, None);
    body += &checks(review, trail);
    body += &flows(landing, curation, &progress)?;
    body += &recipe(curation);
    body += &files(landing);
    Ok(page("Join review", &body))
}

/// The report as a text.
///
/// # Errors
/// When something cannot be worked out.
pub fn report(
    landing: &Landing,
    curation: &Curation,
    review: &Review,
    trail: &Trail,
    when: i64,
) -> Result<String, CurationError> {
    let progress = Progress::default();
    let joins = joins(curation, &progress)?;
    let codes = Codes::new(landing);
    let mut body = String::new();
    body += &verdict(review, trail, Some(when));
    body += &checks(review, trail);
    body += &flows(landing, curation, &progress)?;
    body += &looked_at(&joins, &codes);
    body += &drawn(&joins, curation, &codes, &progress)?;
    body += &recipe(curation);
    body += &files(landing);
    body += &scope(review);
    Ok(page("Join review", &body))
}

/// Whether the tables may leave, and who says so.
fn verdict(review: &Review, trail: &Trail, when: Option<i64>) -> String {
    let open = review.open(trail);
    let signed = review.sign_off(trail, review.scope()).ok().and_then(|signed| signed.signed().cloned());
    let words = match (&signed, open.len() as u64) {
        (Some(signed), _) => format!("Signed off by {} on {} UTC.", signed.who, utc(signed.when).unwrap_or_default()),
        (None, 0) => format!("{}; nobody has signed.", review.why_none_is_open()),
        (None, 1) => "Export is closed: 1 check fails and is not accepted.".to_owned(),
        (None, open) => format!("Export is closed: {open} checks fail and are not accepted."),
    };
    let class = if open.is_empty() { "good" } else { "bad" };
    let written =
        when.and_then(utc).map(|at| format!("<p class=\"weak\">Written on {at} UTC.</p>\n")).unwrap_or_default();
    format!("<p class=\"{class} large\">{}</p>\n{written}", escaped(&words))
}

fn checks(review: &Review, trail: &Trail) -> String {
    let rank = |check: &&Check| match check.verdict {
        CheckVerdict::Fail | CheckVerdict::Uncomputed => usize::from(review.accepted(check.id, trail).is_some()),
        CheckVerdict::Warn => 2,
        CheckVerdict::Pass => 3,
    };
    let mut checks: Vec<&Check> = review.checks().iter().collect();
    checks.sort_by_key(rank);
    let mut grid = Grid::new(["", "check", "figure", "at most", "found"]);
    for check in checks {
        let accepted = review.accepted(check.id, trail);
        let (class, word) = match (check.verdict, accepted) {
            (CheckVerdict::Pass, _) => ("good", "passes"),
            (CheckVerdict::Warn, _) => ("", "warning"),
            (_, Some(_)) => ("", "accepted"),
            (CheckVerdict::Fail, None) => ("bad", "fails"),
            (CheckVerdict::Uncomputed, None) => ("bad", "not computed"),
        };
        let about = check.id.about();
        let mut found = escaped(&check.words);
        if check.verdict != CheckVerdict::Pass {
            let _ = write!(found, "<br><span class=\"weak\">{}</span>", escaped(about.why));
        }
        if let Some(entry) = accepted {
            let at = utc(entry.when).unwrap_or_default();
            let _ = write!(
                found,
                "<br>Accepted by {} on {at} UTC: \u{201c}{}\u{201d}",
                escaped(&entry.who),
                escaped(&entry.reason)
            );
        }
        let thumb = if about.is_rule_of_thumb { "<br><span class=\"weak\">rule of thumb</span>" } else { "" };
        grid.row(
            class,
            [
                escaped(word),
                format!("{}<br><code>{}</code>", escaped(about.title), check.id.name()),
                escaped(&check.figure.words),
                format!("{}{thumb}", thousands(check.threshold)),
                found,
            ],
        );
    }
    format!("<h2>Checks</h2>\n{}", grid.text())
}

fn flows(landing: &Landing, curation: &Curation, progress: &Progress) -> Result<String, CurationError> {
    let mut out = "<h2>Where rows went</h2>\n".to_owned();
    for waterfall in waterfalls(landing, curation, None, progress)? {
        let title = match waterfall.flow {
            Flow::Dataset(dataset) => dataset.name(),
            Flow::MachineLearning => "machine learning",
        };
        let most = waterfall.bars.iter().map(|bar| bar.before.max(bar.after)).max().unwrap_or(0).max(1);
        let mut grid = Grid::new([title, "rows", ""]);
        for bar in waterfall.bars {
            let (sign, class) = match bar.change {
                _ if bar.rows == 0 => ("", "stands"),
                Change::CameIn | Change::Left(_) => ("", "stands"),
                Change::Added { .. } => ("+", "added"),
                Change::Refused | Change::Removed { .. } => ("−", "removed"),
            };
            let share = |rows: u64| rows as f64 / most as f64 * 100.0;
            let (from, to) = (share(bar.before.min(bar.after)), share(bar.before.max(bar.after)));
            let drawn = format!(
                "<div class=\"bar\"><div class=\"{class}\" style=\"margin-left:{from:.3}%;width:{:.3}%\"></div></div>",
                if bar.rows > 0 { (to - from).max(0.2) } else { 0.0 }
            );
            grid.row("", [escaped(&bar.change.label()), format!("{sign}{}", thousands(bar.rows)), drawn]);
        }
        out += &grid.text();
    }
    Ok(out)
}

fn looked_at(joins: &[JoinReport], codes: &Codes) -> String {
    let mut out = "<h2>Joins</h2>\n".to_owned();
    let mut grid = Grid::new([
        "join",
        "left rows",
        "right rows",
        "foreseen",
        "came",
        "left once · several · never",
        "right once · several · never",
        "own · foreign · repeated · not known",
    ]);
    for join in joins {
        let other = join.other.map_or("inferred owners", Table::name);
        let by: Vec<&str> = join.on.iter().map(|(left, _)| *left).collect();
        let matched = |side: usize| {
            let counts = join.matched[side];
            [counts.once, counts.several, counts.never].map(thousands).join(" · ")
        };
        let at_most = if join.foreseen.is_exact { "" } else { "at most " };
        let class = if join.kinds.of(PairKind::Foreign) > 0 { "bad" } else { "" };
        grid.row(
            class,
            [
                format!("{} with {other} by {}", join.table.name(), by.join(" and ")),
                thousands(join.sides[0].rows),
                thousands(join.sides[1].rows),
                format!("{at_most}{}", thousands(join.foreseen.rows)),
                thousands(join.came),
                matched(0),
                matched(1),
                PairKind::ALL.map(|kind| thousands(join.kinds.of(kind))).join(" · "),
            ],
        );
    }
    out += &grid.text();
    for join in joins.iter().filter(|join| join.affected.devices > 0) {
        let affected = &join.affected;
        let _ = write!(
            out,
            "<h3>Mixed up</h3>\n<p>{} with motions of {}. The most affected:</p>\n",
            counted(affected.devices, "device"),
            counted(affected.customers, "stranger")
        );
        let mut grid = Grid::new(["device", "stranger", "rows", "first at (UTC)"]);
        for Stranger { device, user, pairs, first } in &affected.most_strangers {
            let code =
                |code: Option<crate::domain::Code>| code.map_or_else(|| "•••".to_owned(), |code| code.to_string());
            let at = utc(*first).unwrap_or_default();
            grid.row("", [code(codes.device(device)), code(codes.person(user)), thousands(*pairs), at]);
        }
        out += &grid.text();
    }
    out
}

/// The most affected devices, each with the stranger's motions laid over.
fn drawn(
    joins: &[JoinReport],
    curation: &Curation,
    codes: &Codes,
    progress: &Progress,
) -> Result<String, CurationError> {
    const SIZE: [f32; 2] = [1000.0, 520.0];
    let mut out = String::new();
    let mut devices: Vec<&Stranger> = vec![];
    for stranger in joins.iter().flat_map(|join| &join.affected.most_strangers) {
        if devices.len() < MOST_DRAWN && devices.iter().all(|other| other.device != stranger.device) {
            devices.push(stranger);
        }
    }
    for stranger in devices {
        let recording = record(&Follow::Device(stranger.device.clone()), None, curation, progress)?;
        let track = other_motion(curation, &stranger.user, progress)?;
        let plotted = Plotted::new(recording, curation.recipe.purpose);
        let (whole, at) = (plotted.whole(), stranger.first as f64);
        let chart = Chart {
            panes: plotted.panes(Style { other: Some(&track), ..Style::default() }),
            view: Span { from: (at - AROUND).max(whole.from), to: (at + AROUND).min(whole.to) },
            origin: plotted.origin(),
            foreign: &plotted.foreign,
            ..Chart::default()
        };
        let code = |code: Option<crate::domain::Code>| code.map_or_else(|| "•••".to_owned(), |code| code.to_string());
        let (device, user) = (code(codes.device(&stranger.device)), code(codes.person(&stranger.user)));
        let title = format!("{device} with the motions of {user}");
        let scene = poster(&chart, &Heading::of(&title, &curation.recipe, &chart), Some(&user), SIZE, str::to_owned);
        out += &image(&svg(&scene, &title, Coloring::Reader), &title);
    }
    Ok(if out.is_empty() { out } else { format!("<h2>The most affected devices</h2>\n{out}") })
}

fn recipe(curation: &Curation) -> String {
    let recipe = &curation.recipe;
    let owners = &recipe.owners;
    let mut grid = Grid::new(["choice", "value"]);
    let as_of = recipe.as_of.and_then(utc).unwrap_or_else(|| "–".to_owned());
    for (name, value) in [
        ("consent for", recipe.purpose.name().to_owned()),
        ("only motions after consent", if recipe.consent_date { "yes" } else { "no" }.to_owned()),
        ("consents as of", as_of),
        ("duplicates", format!("{:?}", recipe.duplicates).to_lowercase()),
        ("join", recipe.join.name().to_owned()),
        ("tolerance", format!("{} ms", thousands(recipe.tolerance_ms.into()))),
        ("withdrawn", counted(recipe.withdrawn.len() as u64, "entry").replace("entrys", "entries")),
        ("decisions on owners", thousands(owners.decisions.0.len() as u64)),
    ] {
        grid.row("", [escaped(name), escaped(&value)]);
    }
    for (id, change) in &recipe.checks {
        let change = serde_json::to_string(change).unwrap_or_default();
        grid.row("", [format!("check {}", CheckId::name(*id)), escaped(&change)]);
    }
    format!("<h2>Recipe</h2>\n{}", grid.text())
}

fn files(landing: &Landing) -> String {
    let mut grid = Grid::new(["file", "size", "records", "refused", "SHA-256"]);
    for file in &landing.files {
        let hash = format!("<code>{}</code>", escaped(&file.sha256));
        grid.row("", [escaped(&file.name), bytes(file.bytes), thousands(file.rows), thousands(file.refused), hash]);
    }
    format!("<h2>Landing files</h2>\n{}", grid.text())
}

fn scope(review: &Review) -> String {
    let scope = review.scope();
    format!(
        "<p class=\"weak\">Recipe <code>{}</code><br>Landing files <code>{}</code></p>\n",
        scope.recipe_hash, scope.landing_hash
    )
}
