//! Paints a scene in the theme's colours.

use egui::epaint::{Mesh, PathShape, Vertex, WHITE_UV};
use egui::{
    Align2, FontId, Pos2, Rect, Sense, Shape as Painted, Stroke, TextStyle, TextWrapMode, Ui, Vec2, WidgetText, pos2,
    vec2,
};

use crate::picture::scene::{Anchor, Area, Ink, Scene, Shape, TextSize};
use crate::signals::{Chart, swatch};

use super::words::t;
use super::{theme, widgets};

/// Paints it with its left upper corner at `corner`.
pub fn scene_ui(ui: &Ui, corner: Pos2, scene: &Scene) {
    let offset = corner.to_vec2();
    let sizes = [TextStyle::Small, TextStyle::Body].map(|style| style.resolve(ui.style()));
    let whole = Rect::from_min_size(corner, Vec2::from(scene.size));
    for layer in &scene.layers {
        let clip = rect(layer.clip, offset).intersect(ui.clip_rect()).intersect(whole.expand(1.0));
        let painter = ui.painter().with_clip_rect(clip);
        for shape in &layer.shapes {
            paint(ui, &painter, shape, offset, &sizes);
        }
    }
}

/// What the colours of a chart as wide as the page mean; `over` is whose motion is laid over it.
pub fn legend_ui(ui: &mut Ui, chart: &Chart<'_>, over: Option<&str>) {
    for (ink, words) in chart.legend(over, ui.available_width()) {
        let words = WidgetText::from(widgets::small(ui, words));
        let words = words.into_galley(ui, Some(TextWrapMode::Extend), f32::INFINITY, TextStyle::Small);
        // A swatch and its words stay together where lines break.
        if SWATCH.x + ui.spacing().item_spacing.x + words.size().x > ui.available_size_before_wrap().x {
            ui.end_row();
        }
        swatch_ui(ui, ink);
        ui.label(words);
        ui.add_space(6.0);
    }
}

/// The size of a piece of what an ink paints.
const SWATCH: Vec2 = vec2(14.0, 10.0);

/// A piece of what an ink paints, for a legend.
fn swatch_ui(ui: &mut Ui, ink: Ink) {
    let (rect, _) = ui.allocate_exact_size(SWATCH, Sense::hover());
    let area = Area::new(0.0, 0.0, rect.width(), rect.height());
    let mut scene = Scene { size: rect.size().into(), layers: vec![] };
    scene.paint(area, swatch(ink, area));
    scene_ui(ui, rect.min, &scene);
}

/// Where an area is on the screen.
pub fn rect(area: Area, offset: Vec2) -> Rect {
    Rect::from_min_max(pos2(area.left, area.top), pos2(area.right, area.bottom)).translate(offset)
}

fn paint(ui: &Ui, painter: &egui::Painter, shape: &Shape, offset: Vec2, sizes: &[FontId; 2]) {
    let place = |[x, y]: [f32; 2]| pos2(x, y) + offset;
    match shape {
        Shape::Fill(area, ink) => drop(painter.rect_filled(rect(*area, offset), 0.0, theme::ink(ui, *ink))),
        Shape::Lines { lines, ink, width } => {
            let stroke = Stroke::new(*width, theme::ink(ui, *ink));
            painter.extend(lines.iter().map(|line| {
                let points: Vec<Pos2> = line.iter().map(|at| place(*at)).collect();
                match points.as_slice() {
                    [from, to] => Painted::line_segment([*from, *to], stroke),
                    _ => Painted::Path(PathShape::line(points, stroke)),
                }
            }));
        }
        Shape::Bars { bars, ink, width } => {
            // One mesh for all: thousands of bars cost no more than their corners.
            let color = theme::ink(ui, *ink);
            let mut mesh = Mesh::default();
            mesh.reserve_vertices(bars.len() * 4);
            mesh.reserve_triangles(bars.len() * 2);
            for [x, top, bottom] in bars {
                let first = mesh.vertices.len() as u32;
                for corner in [
                    [x - width / 2.0, *top],
                    [x + width / 2.0, *top],
                    [x - width / 2.0, *bottom],
                    [x + width / 2.0, *bottom],
                ] {
                    mesh.vertices.push(Vertex { pos: place(corner), uv: WHITE_UV, color });
                }
                mesh.add_triangle(first, first + 1, first + 2);
                mesh.add_triangle(first + 1, first + 2, first + 3);
            }
            painter.add(mesh);
        }
        Shape::Dots { dots, ink, radius } => {
            let color = theme::ink(ui, *ink);
            painter.extend(dots.iter().map(|at| Painted::circle_filled(place(*at), *radius, color)));
        }
        Shape::Text { text, at, anchor, ink, size } => {
            let align = match anchor {
                Anchor::Start => Align2::LEFT_CENTER,
                Anchor::Middle => Align2::CENTER_CENTER,
                Anchor::End => Align2::RIGHT_CENTER,
            };
            let font = match size {
                TextSize::Small => &sizes[0],
                TextSize::Title => &sizes[1],
            };
            painter.text(place(*at), align, t(text), font.clone(), theme::ink(ui, *ink));
        }
    }
}
