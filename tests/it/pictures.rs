//! The pictures of pages: they say what the pages say, name nobody, are sound SVG and PNG, and the same bytes every time.

use std::fs;

use egui_kittest::kittest::Queryable;
use stedi_workbench::curation::{Codes, Curation, curate};
use stedi_workbench::domain::format::thousands;
use stedi_workbench::domain::{CheckVerdict, Progress, Recipe, Table};
use stedi_workbench::export::pictures::{Pictured, judged};
use stedi_workbench::export::write_picture;
use stedi_workbench::landing::{Landing, Source, read};
use stedi_workbench::picture::scene::{Anchor, Scene, Shape};
use stedi_workbench::picture::{Coloring, LETTER, Picture, svg};
use stedi_workbench::review::{Trail, consented, review, sessions, waterfalls};
use stedi_workbench::signals::{By, overview};
use stedi_workbench::state::{Command, Shown};

use crate::support::{Window, sample_data};

struct Made {
    landing: Landing,
    curation: Curation,
    codes: Codes,
}

fn made() -> Made {
    let landing = read(&Source::Folder(sample_data()), &Progress::default()).unwrap();
    let curation = curate(&landing, &Recipe::default(), &Progress::default()).unwrap();
    let codes = Codes::new(&landing);
    Made { landing, curation, codes }
}

impl Made {
    fn pictures(&self, coloring: Coloring) -> Vec<Picture> {
        let Self { landing, curation, codes } = self;
        let progress = Progress::default();
        let pictured = Pictured {
            recipe_name: "Recipe specification",
            recipe: &curation.recipe,
            landing,
            coloring,
            say: str::to_owned,
        };
        let flows = waterfalls(landing, curation, None, &progress).unwrap();
        let checks = review(landing, curation, None, &progress).unwrap();
        let curve = consented(landing, &curation.recipe, 48);
        let sessions = sessions(landing, &curation.recipe, &progress).unwrap();
        let lines = overview(curation, &progress).unwrap();
        let lines: Vec<_> = lines.iter().take(12).collect();
        vec![
            pictured.waterfalls(&flows),
            pictured.counts(curation),
            pictured.checks(&checks, &Trail::default()),
            pictured.consents(&curve, &sessions, codes),
            pictured.devices(&lines, 40, By::Foreign, codes),
            pictured.devices(&lines, 40, By::BeforeConsent, codes),
        ]
    }
}

/// What is written in a picture, in its order.
fn texts(scene: &Scene) -> Vec<&str> {
    let shapes = scene.layers.iter().flat_map(|layer| &layer.shapes);
    shapes.filter_map(|shape| if let Shape::Text { text, .. } = shape { Some(text.as_str()) } else { None }).collect()
}

#[test]
fn pictures_are_sound_alike_every_time_and_name_nobody() {
    let made = made();
    let customers = made.curation.view(Table::CustomerLanding);
    let personal: Vec<String> = ["email", "customername", "phone", "birthday", "serialnumber"]
        .into_iter()
        .filter_map(|name| customers.position(name))
        .flat_map(|column| {
            (0..customers.rows())
                .filter_map(|row| customers.cell(row, column).text().map(str::to_owned))
                .collect::<Vec<_>>()
        })
        .filter(|text| !text.is_empty())
        .collect();
    assert!(personal.len() > 100);
    let folder = tempfile::tempdir().unwrap();
    let write = |picture: &Picture, name: &str| {
        let path = folder.path().join(name);
        write_picture(picture, &path).unwrap();
        fs::read(path).unwrap()
    };
    for coloring in [Coloring::Light, Coloring::Dark] {
        for (one, other) in made.pictures(coloring).iter().zip(&made.pictures(coloring)) {
            let text = String::from_utf8(write(one, "one.svg")).unwrap();
            assert_eq!(text.as_bytes(), write(other, "other.svg"), "{} differs", one.title);
            assert_eq!(text, svg(&one.scene, &one.title, coloring));
            let names = |who: &String| {
                // A name may be a word of the picture as well; an address is not.
                if who.contains('@') { text.contains(who.as_str()) } else { text.contains(&format!(">{who}<")) }
            };
            assert!(!personal.iter().any(names), "{} names somebody", one.title);
            let tree = resvg::usvg::Tree::from_str(&text, &resvg::usvg::Options::default()).unwrap();
            assert_eq!([tree.size().width(), tree.size().height()], one.scene.size);
            let png = write(one, "one.png");
            assert_eq!(png, write(other, "other.png"), "{} differs as PNG", one.title);
            let pixels = resvg::tiny_skia::Pixmap::decode_png(&png).unwrap();
            assert_eq!(pixels.width(), (one.scene.size[0] * 2.0).ceil() as u32);
            let right = one.scene.size[0];
            for shape in one.scene.layers.iter().flat_map(|layer| &layer.shapes) {
                if let Shape::Text { text, at, anchor, .. } = shape {
                    let reach = if *anchor == Anchor::Start { text.chars().count() as f32 * LETTER } else { 0.0 };
                    assert!(at[0] + reach <= right, "{text} runs out of the picture");
                    assert!(
                        (0.0..=right).contains(&at[0]) && (0.0..=one.scene.size[1]).contains(&at[1]),
                        "{text} is outside"
                    );
                }
            }
            if let Some(folder) = std::env::var_os("STEDI_PICTURES") {
                let name = format!("{}-{coloring:?}.png", one.stem());
                write_picture(one, &std::path::Path::new(&folder).join(name)).unwrap();
            }
        }
    }
}

#[test]
fn pictures_say_the_figures_of_their_pages() {
    let made = made();
    let pictures = made.pictures(Coloring::Light);
    let [flows, counts, checks, consents, devices, _] = &pictures[..] else { panic!("six pictures") };
    for picture in &pictures {
        let said = texts(&picture.scene);
        assert!(said.contains(&picture.title.as_str()));
        assert!(said.iter().any(|text| text.starts_with("Recipe specification: consent for research")), "{said:?}");
        assert!(said.iter().any(|text| text.starts_with("Of ") && text.contains("accelerometer records")), "{said:?}");
    }
    for waterfall in waterfalls(&made.landing, &made.curation, None, &Progress::default()).unwrap() {
        let said = texts(&flows.scene);
        for bar in waterfall.bars {
            assert!(said.iter().any(|text| text.trim_start_matches(['+', '−']) == thousands(bar.rows)), "{bar:?}");
            assert!(said.contains(&bar.change.label().as_str()), "{bar:?}");
        }
    }
    let said = texts(&counts.scene);
    for table in Table::ALL {
        let place = said.iter().position(|text| *text == table.name()).unwrap();
        assert_eq!(said[place + 1], thousands(made.curation.rows(table)));
    }
    let review = review(&made.landing, &made.curation, None, &Progress::default()).unwrap();
    let said = texts(&checks.scene);
    for check in review.checks() {
        let place = said.iter().position(|text| *text == check.id.about().title).unwrap();
        let word = judged(&review, check, &Trail::default()).words();
        assert_eq!((said[place - 1], said[place + 1]), (word, check.figure.words.as_str()), "{:?}", check.id);
        assert_eq!(word == "passes", check.verdict == CheckVerdict::Pass);
    }
    // A sign for each verdict, so that it is told without colours.
    let signs = checks.scene.layers.iter().flat_map(|layer| &layer.shapes);
    assert_eq!(signs.filter(|shape| matches!(shape, Shape::Lines { .. })).count(), review.checks().len());
    let sessions = sessions(&made.landing, &made.curation.recipe, &Progress::default()).unwrap();
    let said = texts(&consents.scene);
    for session in sessions.iter().take(60) {
        assert!(said.contains(&made.codes.person(&session.person).unwrap().to_string().as_str()));
    }
    let said = texts(&devices.scene);
    assert!(said.iter().filter(|text| text.starts_with("foreign rows")).count() >= 12, "{said:?}");
}

#[test]
fn every_picture_is_saved_by_its_button_and_by_its_action() {
    let mut window = Window::open_folder(&sample_data());
    window.harness.set_size(egui::vec2(1600.0, 1200.0));
    // What the review comes to stands beside the first button, and moves it.
    window.wait("the checks", |state| state.work.is_none() && state.review.checks.value().is_some());
    let folder = tempfile::tempdir().unwrap();
    let saved = |window: &mut Window, name: &str, title: &str, ask: &dyn Fn(&mut Window)| {
        let path = folder.path().join(name);
        window.harness.state_mut().answer_dialogs(Some(vec![path.clone()])).unwrap();
        ask(window);
        window.wait(name, |state| state.notices.iter().any(|notice| notice.text.contains(name)));
        let text = fs::read_to_string(path).unwrap();
        assert!(text.contains(&format!("<title>{title}</title>")), "{name} is no picture of {title}");
    };
    let button = |label: &'static str| {
        move |window: &mut Window| {
            window.harness.get_by_label(label).click();
            window.harness.run_steps(3);
        }
    };
    saved(&mut window, "counts.svg", "Rows of all tables", &button("Save the counts of all tables as SVG or PNG"));
    for (shown, tab, name, title, label) in [
        (Shown::Consent, "Where rows went", "flows.svg", "Where rows went", "Save the waterfalls as SVG or PNG"),
        (Shown::Consent, "Who agreed when", "consents.svg", "Who agreed when", "Save the curve as SVG or PNG"),
        (Shown::Review, "Checks", "checks.svg", "Checks of the join review", "Save the list of checks as SVG or PNG"),
        (Shown::Signals, "", "devices.svg", "Devices and phones", "Save the overview as SVG or PNG"),
    ] {
        window.harness.state_mut().ask(Command::Show(shown));
        window.harness.run_steps(3);
        window.wait("the page", |state| {
            let is_there = state.consent.value().is_some()
                || state.review.checks.value().is_some()
                || state.signals.lines.value().is_some();
            state.work.is_none() && is_there
        });
        if !tab.is_empty() {
            window.harness.get_by_label(tab).click();
            window.harness.run_steps(3);
        }
        saved(&mut window, name, title, &button(label));
        saved(&mut window, &format!("key-{name}"), title, &|window| {
            window.harness.key_press_modifiers(egui::Modifiers::COMMAND | egui::Modifiers::SHIFT, egui::Key::E);
            window.harness.run_steps(3);
        });
    }
}
