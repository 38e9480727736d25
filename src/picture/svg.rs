//! A scene as SVG: one file, no script, no outside font, light or dark as its reader has it.

use std::fmt::Write;

use crate::domain::foreign::visible;

use super::scene::{Anchor, Ink, Scene, Shape, TextSize};

/// A colour of each ink in the light and in the dark.
const COLORS: [(Ink, &str, &str); 12] = [
    (Ink::Ground, "#ffffff", "#15171b"),
    (Ink::Grid, "#e3e6ea", "#282c34"),
    (Ink::Text, "#1d2229", "#dee2e8"),
    (Ink::Weak, "#5c6572", "#9ba3af"),
    (Ink::Kept, "#1263b5", "#5ab0f2"),
    (Ink::Dropped, "#8b939e", "#747c88"),
    (Ink::Mixed, "#6f8fb0", "#5f85a5"),
    (Ink::Other, "#5a0f50", "#f5d0ee"),
    (Ink::Foreign, "#8a5000", "#e8ab4a"),
    (Ink::BeforeConsent, "#fbedd2", "#3d3018"),
    (Ink::Range, "#d9e9f8", "#1f3a52"),
    (Ink::Cursor, "#1d2229", "#dee2e8"),
];

/// Which colours a picture has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Coloring {
    /// As its reader has it; light where the reader does not say.
    #[default]
    Reader,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Coloring {
    /// That of a theme.
    pub fn of(dark: bool) -> Self {
        if dark { Self::Dark } else { Self::Light }
    }
}

/// The picture as a text. `title` says what it shows to those who do not see it. The same scene gives the same text.
pub fn svg(scene: &Scene, title: &str, coloring: Coloring) -> String {
    let [width, height] = scene.size.map(number);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\">\n<title>{}</title>\n<style>\n",
        escaped(title)
    );
    out.push_str("text{font-family:'IBM Plex Sans','Segoe UI','Helvetica Neue',Arial,sans-serif;");
    out.push_str(
        "font-variant-numeric:tabular-nums;dominant-baseline:central}\n.s{font-size:11px}.t{font-size:13px}\n",
    );
    let styles = |dark: bool| -> String {
        let style = |(ink, light, dark_one): &(Ink, &str, &str)| {
            let (name, color) = (ink.name(), if dark { dark_one } else { light });
            format!(".{name}{{fill:{color}}}.{name}-line{{stroke:{color};fill:none}}\n")
        };
        COLORS.iter().map(style).collect()
    };
    out.push_str(&styles(coloring == Coloring::Dark));
    if coloring == Coloring::Reader {
        let _ = write!(out, "@media (prefers-color-scheme:dark){{\n{}}}\n", styles(true));
    }
    out.push_str("</style>\n");
    let _ = writeln!(out, "<rect class=\"ground\" width=\"{width}\" height=\"{height}\"/>");
    for (place, layer) in scene.layers.iter().enumerate() {
        let [left, top, wide, high] =
            [layer.clip.left, layer.clip.top, layer.clip.width(), layer.clip.height()].map(number);
        let _ = writeln!(
            out,
            "<clipPath id=\"c{place}\"><rect x=\"{left}\" y=\"{top}\" width=\"{wide}\" height=\"{high}\"/></clipPath>\n\
             <g clip-path=\"url(#c{place})\">"
        );
        layer.shapes.iter().for_each(|shape| write_shape(&mut out, shape));
        out.push_str("</g>\n");
    }
    out + "</svg>\n"
}

/// Writing to a text does not fail.
fn write_shape(out: &mut String, shape: &Shape) {
    let _ = match shape {
        Shape::Fill(area, ink) => {
            let [left, top, wide, high] = [area.left, area.top, area.width(), area.height()].map(number);
            let name = ink.name();
            writeln!(out, "<rect class=\"{name}\" x=\"{left}\" y=\"{top}\" width=\"{wide}\" height=\"{high}\"/>")
        }
        Shape::Lines { lines, ink, width } => {
            let mut path = String::new();
            for line in lines {
                for (place, [x, y]) in line.iter().enumerate() {
                    let _ = write!(path, "{}{} {}", if place == 0 { 'M' } else { 'L' }, number(*x), number(*y));
                }
            }
            write_path(out, &path, *ink, *width)
        }
        Shape::Bars { bars, ink, width } => {
            let mut path = String::new();
            for [x, top, bottom] in bars {
                let _ = write!(path, "M{} {}V{}", number(*x), number(*top), number(*bottom));
            }
            write_path(out, &path, *ink, *width)
        }
        Shape::Dots { dots, ink, radius } => dots.iter().try_for_each(|[x, y]| {
            let (x, y, name) = (number(*x), number(*y), ink.name());
            writeln!(out, "<circle class=\"{name}\" cx=\"{x}\" cy=\"{y}\" r=\"{radius}\"/>")
        }),
        Shape::Text { text, at: [x, y], anchor, ink, size } => {
            let size = match size {
                TextSize::Small => "s",
                TextSize::Title => "t",
            };
            let anchor = match anchor {
                Anchor::Start => "start",
                Anchor::Middle => "middle",
                Anchor::End => "end",
            };
            let (x, y, name, text) = (number(*x), number(*y), ink.name(), escaped(text));
            writeln!(out, "<text class=\"{name} {size}\" x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\">{text}</text>")
        }
    };
}

fn write_path(out: &mut String, path: &str, ink: Ink, width: f32) -> std::fmt::Result {
    if path.is_empty() {
        return Ok(());
    }
    writeln!(out, "<path class=\"{}-line\" stroke-width=\"{}\" d=\"{path}\"/>", ink.name(), number(width))
}

/// To a hundredth of a point, without needless zeros.
fn number(number: f32) -> String {
    let text = format!("{number:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// Text with what means something to XML replaced, and what XML cannot hold made visible.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in visible(text).chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            letter => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::scene::Area;
    use super::*;

    #[test]
    fn every_ink_has_its_colours() {
        for ink in Ink::ALL {
            assert_eq!(COLORS.iter().filter(|(other, ..)| *other == ink).count(), 1, "{ink:?}");
        }
    }

    #[test]
    fn what_means_something_to_xml_is_escaped() {
        let text = Shape::Text {
            text: "<a href=\"x\">&\u{1b}".to_owned(),
            at: [1.0, 2.5],
            anchor: Anchor::Middle,
            ink: Ink::Text,
            size: TextSize::Small,
        };
        let area = Area::new(0.0, 0.0, 10.0, 10.0);
        let mut scene = Scene { size: [10.0, 10.0], layers: vec![] };
        scene.paint(area, vec![text, Shape::Fill(area, Ink::Range)]);
        let svg = svg(&scene, "a & b", Coloring::Reader);
        assert!(
            svg.contains(">&lt;a href=&quot;x&quot;&gt;&amp;\\u001b</text>")
                && svg.contains("<title>a &amp; b</title>")
        );
        assert!(svg.contains("y=\"2.5\"") && svg.contains("prefers-color-scheme"));
    }
}
