//! Charts: what is drawn of readings that are awkward, and pictures that are held as they were looked at.

use stedi_workbench::domain::TimeZone;
use stedi_workbench::picture::scene::{Ink, Scene, Shape};
use stedi_workbench::picture::{Coloring, Heading, Picture, svg};
use stedi_workbench::signals::{Chart, Clock, Curve, Kept, Layout, Pane, Series, Span, Threshold, Tint, poster};

/// 2022-06-18 12:00 UTC.
const NOON: i64 = 1_655_553_600_000;
const SIZE: [f32; 2] = [480.0, 200.0];

fn series(readings: &[(i64, f64)]) -> Series {
    let times = readings.iter().map(|(at, _)| NOON.saturating_add(*at)).collect();
    Series::new(times, vec![("distancefromobject", readings.iter().map(|(_, value)| *value).collect())])
}

fn curve<'a>(series: &'a Series, tint: Tint<'a>, gap: u64) -> Curve<'a> {
    Curve { series, channel: &series.channels()[0], shift: 0.0, gap: Threshold::chosen(gap), tint }
}

fn chart<'a>(curves: Vec<Curve<'a>>, view: Span) -> Chart<'a> {
    let pane = Pane { title: "distance".to_owned(), curves, ..Pane::default() };
    Chart { panes: vec![pane], view, origin: NOON as f64, ..Chart::default() }
}

fn seconds(from: f64, to: f64) -> Span {
    Span { from: NOON as f64 + from * 1000.0, to: NOON as f64 + to * 1000.0 }
}

fn paint(chart: &Chart<'_>) -> (Scene, Layout) {
    chart.paint(SIZE, &mut vec![])
}

fn shapes(scene: &Scene) -> impl Iterator<Item = &Shape> {
    scene.layers.iter().flat_map(|layer| &layer.shapes)
}

fn lines(scene: &Scene, wanted: Ink) -> Vec<Vec<[f32; 2]>> {
    let of = |shape: &Shape| match shape {
        Shape::Lines { lines, ink, .. } if *ink == wanted => lines.clone(),
        _ => vec![],
    };
    shapes(scene).flat_map(of).collect()
}

fn dots(scene: &Scene, wanted: Ink) -> usize {
    shapes(scene)
        .map(
            |shape| {
                if let Shape::Dots { dots, ink, .. } = shape { dots.len() * usize::from(*ink == wanted) } else { 0 }
            },
        )
        .sum()
}

fn texts(scene: &Scene) -> Vec<&str> {
    shapes(scene)
        .filter_map(|shape| if let Shape::Text { text, .. } = shape { Some(text.as_str()) } else { None })
        .collect()
}

/// Nothing is painted at a place that is no number.
fn assert_sound(scene: &Scene) {
    for shape in shapes(scene) {
        let numbers: Vec<f32> = match shape {
            Shape::Fill(area, _) => vec![area.left, area.top, area.right, area.bottom],
            Shape::Lines { lines, .. } => lines.iter().flatten().flatten().copied().collect(),
            Shape::Bars { bars, .. } => bars.iter().flatten().copied().collect(),
            Shape::Dots { dots, .. } => dots.iter().flatten().copied().collect(),
            Shape::Text { at, .. } => at.to_vec(),
        };
        assert!(numbers.iter().all(|number| number.is_finite()), "{shape:?}");
    }
}

#[test]
fn a_gap_is_drawn_as_a_gap_and_a_reading_alone_as_a_dot() {
    let readings = series(&[(0, 1.0), (1000, 2.0), (2000, 1.0), (9000, 3.0), (20_000, 2.0), (21_000, 1.0)]);
    let kept = Kept::All;
    let (scene, _) = paint(&chart(vec![curve(&readings, Tint::Fates(&kept), 3000)], seconds(-1.0, 22.0)));
    let points: Vec<usize> = lines(&scene, Ink::Kept).iter().map(Vec::len).collect();
    assert_eq!(points, [3, 2], "two lines, and none to the reading alone");
    assert_eq!(dots(&scene, Ink::Kept), 6);
    let (scene, _) = paint(&chart(vec![curve(&readings, Tint::Fates(&kept), 60_000)], seconds(-1.0, 22.0)));
    assert_eq!(lines(&scene, Ink::Kept).iter().map(Vec::len).collect::<Vec<_>>(), [6], "with a longer gap, one line");
}

#[test]
fn several_readings_at_an_instant_are_all_there_and_counted() {
    let counts = |readings: &[(i64, f64)]| {
        let (readings, kept) = (series(readings), Kept::All);
        let chart = chart(vec![curve(&readings, Tint::Fates(&kept), 60_000)], seconds(-1.0, 21.0));
        let (scene, layout) = paint(&chart);
        assert_eq!(
            (dots(&scene, Ink::Kept), layout.seen, layout.all),
            (readings.len(), readings.len(), readings.len())
        );
        assert_eq!(layout.in_words(), format!("{} readings", readings.len()));
        let texts = texts(&scene).into_iter().filter(|text| text.starts_with('×')).map(str::to_owned);
        let legend = chart.legend(None, 640.0).into_iter().find(|(ink, _)| *ink == Ink::Weak);
        (texts.collect::<Vec<_>>(), legend.map(|(_, words)| words))
    };
    let [three, two, one] = [3, 2, 1]
        .map(|number| move |at: i64| (0..number).map(move |value| (at * 10_000, f64::from(value))).collect::<Vec<_>>());
    let says = |words: &str| Some(words.to_owned());
    assert_eq!(counts(&[three(0), one(1), one(2)].concat()), (vec!["×3".to_owned()], says("readings at one instant")));
    let mostly = "readings at one instant, where it is not the usual 2";
    assert_eq!(counts(&[three(0), two(1), two(2)].concat()), (vec!["×3".to_owned()], says(mostly)));
    assert_eq!(counts(&[two(0), one(1), two(2)].concat()), (vec!["×1".to_owned()], says(mostly)));
    assert_eq!(counts(&[two(0), two(1)].concat()), (vec![], None));
    assert_eq!(counts(&[one(0), one(1)].concat()), (vec![], None));
}

#[test]
fn kept_and_dropped_readings_have_colours_of_their_own_however_many_there_are() {
    for count in [20_i64, 100_000] {
        let readings: Vec<(i64, f64)> = (0..count).map(|at| (at * 1000, (at % 7) as f64)).collect();
        let readings = series(&readings);
        let kept = Kept::new((0..count as i32).map(|at| i64::from(at) >= count / 2));
        let view = seconds(-1.0, count as f64);
        let (scene, layout) = paint(&chart(vec![curve(&readings, Tint::Fates(&kept), 5000)], view));
        assert_eq!(layout.is_decimated, count > 1000);
        let painted = |wanted: Ink| {
            shapes(&scene).any(|shape| match shape {
                Shape::Bars { ink, bars, .. } => *ink == wanted && !bars.is_empty(),
                Shape::Dots { ink, dots, .. } => *ink == wanted && !dots.is_empty(),
                _ => false,
            })
        };
        assert!(painted(Ink::Kept) && painted(Ink::Dropped), "{count}");
        assert_sound(&scene);
    }
}

#[test]
fn no_peak_is_lost_where_half_pixels_are_drawn() {
    let mut readings: Vec<(i64, f64)> = (0..200_000).map(|at| (at * 10, (at % 11) as f64)).collect();
    readings[123_457].1 = 1000.0;
    readings[50_001].1 = -500.0;
    let readings = series(&readings);
    let kept = Kept::All;
    let (scene, layout) = paint(&chart(vec![curve(&readings, Tint::Fates(&kept), 100)], seconds(-1.0, 2001.0)));
    assert!(layout.is_decimated);
    let (low, high) = layout.values[0];
    assert!(low < -500.0 && high > 1000.0);
    let area = layout.panes[0];
    let y = |value: f64| area.bottom - ((value - low) / (high - low)) as f32 * area.height();
    let bars: Vec<[f32; 3]> = shapes(&scene)
        .flat_map(|shape| if let Shape::Bars { bars, .. } = shape { bars.clone() } else { vec![] })
        .collect();
    assert!(bars.iter().any(|[_, top, _]| (top - y(1000.0)).abs() < 2.0), "the highest");
    assert!(bars.iter().any(|[.., bottom]| (bottom - y(-500.0)).abs() < 2.0), "and the lowest");
}

#[test]
fn awkward_readings_neither_panic_nor_vanish() {
    let years = 3 * 365 * 86_400_000_i64;
    type Case = (&'static str, Vec<(i64, f64)>, usize);
    let cases: [Case; 8] = [
        ("none", vec![], 0),
        ("one", vec![(0, 5.0)], 1),
        ("not a number", vec![(0, f64::NAN), (1000, 1.0), (2000, f64::NAN)], 3),
        ("infinity", vec![(0, f64::INFINITY), (1000, 1.0), (2000, f64::NEG_INFINITY)], 3),
        ("all not numbers", vec![(0, f64::NAN), (0, f64::NAN)], 2),
        ("one instant", vec![(0, 1.0), (0, 2.0), (0, 1.0)], 3),
        ("a jump of years", vec![(0, 1.0), (1000, 2.0), (years, 3.0), (years + 1000, 2.0)], 4),
        ("the ends of time", vec![(i64::MIN, 1.0), (0, f64::MAX), (i64::MAX, f64::MIN)], 3),
    ];
    for (name, readings, count) in cases {
        let readings = series(&readings);
        let kept = Kept::All;
        let gap = Threshold::usual(&readings);
        let ends = readings.times().first().zip(readings.times().last());
        let whole = ends.map_or(seconds(0.0, 1.0), |(first, last)| Span::around(*first as f64, *last as f64));
        for view in [whole, whole.zoomed(1e-9, whole.from), whole.zoomed(1e9, whole.to), seconds(0.0, 0.0)] {
            for clock in Clock::all(TimeZone::default()) {
                let curve = Curve { gap, ..curve(&readings, Tint::Fates(&kept), 0) };
                let chart = Chart { clock, ..chart(vec![curve], view) };
                let (scene, layout) = paint(&chart);
                assert_sound(&scene);
                if view == whole {
                    assert_eq!((layout.seen, layout.all), (count, count), "{name}");
                    assert_eq!(dots(&scene, Ink::Kept) + dots(&scene, Ink::Foreign), count, "{name}");
                }
            }
        }
    }
}

#[test]
fn foreign_instants_are_marked_once_a_pixel() {
    let readings = series(&[(0, 1.0), (60_000, 2.0)]);
    let kept = Kept::All;
    let foreign: Vec<i64> = (0..60_000).map(|at| NOON + at).collect();
    let chart = Chart { foreign: &foreign, ..chart(vec![curve(&readings, Tint::Fates(&kept), 1)], seconds(0.0, 60.0)) };
    let (scene, layout) = paint(&chart);
    let marks = shapes(&scene)
        .map(|shape| if let Shape::Bars { bars, ink: Ink::Foreign, .. } = shape { bars.len() } else { 0 })
        .sum::<usize>();
    let width = layout.panes[0].width() as usize;
    assert!(marks > width / 2 && marks <= width + 1, "{marks} marks on {width} pixels");
}

/// The same scene as text; the pictures were looked at when they were taken into the repository.
fn hold(name: &str, chart: &Chart<'_>) {
    let heading = Heading { title: "D·k2p9 with C·7f3a".to_owned(), lines: vec!["consent for research".to_owned()] };
    let scene = poster(chart, &heading, None, [480.0, 260.0], str::to_owned);
    assert_sound(&scene);
    let text = svg(&scene, name, Coloring::Light);
    if let Some(folder) = std::env::var_os("STEDI_PICTURES") {
        let picture = Picture { scene, title: name.to_owned(), coloring: Coloring::Light };
        stedi_workbench::export::write_picture(&picture, &std::path::Path::new(&folder).join(format!("{name}.png")))
            .unwrap();
    }
    insta::assert_snapshot!(name, text);
}

fn walk(count: i64) -> Vec<(i64, f64)> {
    (0..count).map(|at| (at * 3000, 200.0 + ((at * 37) % 50) as f64)).collect()
}

#[test]
fn pictures_are_as_they_were_looked_at() {
    let kept = Kept::All;
    let mut with_gap = walk(8);
    with_gap.extend(walk(6).iter().map(|(at, value)| (at + 45_000, *value)));
    let with_gap = series(&with_gap);
    hold("a_gap", &chart(vec![curve(&with_gap, Tint::Fates(&kept), 15_000)], seconds(-2.0, 62.0)));
    let mut several = walk(8);
    several.extend([(6000, 300.0), (6000, 150.0), (15_000, 260.0)]);
    several.sort_by_key(|(at, _)| *at);
    let several = series(&several);
    hold("several_at_an_instant", &chart(vec![curve(&several, Tint::Fates(&kept), 15_000)], seconds(-2.0, 23.0)));
    let readings = series(&walk(20));
    let half = Kept::new((0..20).map(|at| at >= 9));
    let mut shaded = chart(vec![curve(&readings, Tint::Fates(&half), 15_000)], seconds(-2.0, 60.0));
    shaded.panes[0].before_consent = Some(NOON as f64 + 26_000.0);
    hold("before_consent", &shaded);
    let others: Vec<(i64, f64)> = walk(12).iter().map(|(at, value)| (at + 9000, value - 60.0)).collect();
    let others = series(&others);
    let foreign: Vec<i64> = [9000, 12_000, 30_000].map(|at| NOON + at).to_vec();
    let curves = vec![curve(&others, Tint::Plain(Ink::Other), 15_000), curve(&readings, Tint::Fates(&kept), 15_000)];
    hold("a_foreign_pair", &Chart { foreign: &foreign, ..chart(curves, seconds(-2.0, 60.0)) });
}

#[test]
fn what_is_read_stands_behind_the_title_of_its_pane() {
    let reading = Some("45".to_owned());
    let pane = Pane { title: "D·aaaa".to_owned(), reading, ..Pane::default() };
    let chart = Chart { panes: vec![pane], view: Span { from: 0.0, to: 1.0 }, ..Chart::default() };
    let (scene, _) = chart.paint([400.0, 200.0], &mut vec![]);
    let texts = scene.layers.iter().flat_map(|layer| &layer.shapes).filter_map(|shape| match shape {
        Shape::Text { text, .. } => Some(text.as_str()),
        _ => None,
    });
    assert!(texts.into_iter().any(|text| text == "D·aaaa: 45"));
}

#[test]
fn whose_consent_it_is_is_said_where_there_are_several() {
    let pane = |whose: Option<&str>, before_consent| Pane {
        whose: whose.map(str::to_owned),
        before_consent: Some(before_consent),
        ..Pane::default()
    };
    let words = |panes| Chart { panes, clock: Clock::Elapsed, ..Chart::default() }.in_words()[1..].to_vec();
    assert_eq!(words(vec![pane(None, f64::INFINITY), pane(None, f64::INFINITY)]), ["The customer did not agree."]);
    let several = vec![pane(Some("D·a"), f64::INFINITY), pane(Some("D·b"), -5.0), pane(Some("D·c"), 2000.0)];
    let expected = [
        "D·a: the customer did not agree.",
        "D·b: the customer had agreed before the start.",
        "D·c: the customer agreed at +2.000 s.",
    ];
    assert_eq!(words(several), expected);
}
