//! A chart under the pointer: zoom, pan, two cursors, and a range between them.

use egui::scroll_area::{DragScroll, ScrollSource};
use egui::{
    Key, Label, Modifiers, PointerButton, Pos2, Response, Role, ScrollArea, Sense, Ui, UiKind, Vec2, pos2, vec2,
};

use crate::picture::scene::Area;
use crate::signals::{Chart, Column, Layout, Span};

use super::scene::scene_ui;
use super::scrolled::Scrolled as _;
use super::words::t;
use super::zoom::Zoom;
use super::{access, focus, widgets};

/// What is seen of a chart, and what was chosen in it.
#[derive(Default)]
pub struct PlotScreen {
    /// The stretch of time.
    pub zoom: Zoom,
    /// The values of each pane, where they do not fit themselves to what is seen.
    pub values: Vec<Option<(f64, f64)>>,
    /// Two cursors; the time between them is the chosen range.
    pub cursors: [Option<f64>; 2],
    /// The instant under the pointer.
    pub hover: Option<f64>,
    /// Where things are, as painted last.
    pub layout: Layout,
    /// The wheel scrolls what the chart is in.
    scrolls: bool,
    drag: Option<Drag>,
    /// What is seen in words, and of what.
    said: Option<(Said, String)>,
    columns: Vec<Column>,
}

/// Of what something was said: when it is another, it is said anew.
#[derive(PartialEq)]
struct Said {
    view: Span,
    curves: usize,
    /// Where the first readings are.
    readings: usize,
    gap: u64,
}

/// What a drag does, by where and how it began.
#[derive(Clone, Copy)]
enum Drag {
    /// Moves along the time.
    Pan(Span),
    /// Chooses a range.
    Range,
    /// Draws a box to zoom into.
    Box(Pos2),
    /// Stretches the time, from the axis.
    Time(Span, Pos2),
    /// Stretches the values of a pane, from their axis.
    Values(usize, (f64, f64), Pos2),
}

/// What was done in a frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// The range between the cursors is another, and has come to rest.
    pub range: bool,
}

/// How many points of the wheel double what is seen.
const WHEEL: f64 = 240.0;
/// A lower curve shows nothing.
const LEAST_PANE: f32 = 56.0;
/// A box smaller than this was none.
const LEAST_BOX: f32 = 6.0;

/// A drag moves what is seen of the time.
const WITHOUT_DRAGS: ScrollSource = ScrollSource { scroll_bar: true, drag: DragScroll::Never, mouse_wheel: true };

/// Paints a chart that has its panes but not its view, and does what pointer and keys ask. `name` is what a screen reader
/// says, `whole` all there is. Where there is too little room for its panes they keep their height and scroll: by the wheel, which
/// zooms with Ctrl alone then.
pub fn plot_ui(ui: &mut Ui, chart: Chart<'_>, whole: Span, screen: &mut PlotScreen, name: &str) -> (Response, Done) {
    let least = chart.height(LEAST_PANE);
    let size = ui.available_size();
    screen.scrolls = size.y < least;
    if !screen.scrolls {
        return whole_ui(ui, size, chart, whole, screen, name);
    }
    let area = ScrollArea::vertical().auto_shrink([false, false]).scroll_source(WITHOUT_DRAGS);
    area.show_scrolled(ui, |ui| whole_ui(ui, vec2(ui.available_width(), least), chart, whole, screen, name)).inner
}

/// How much is seen, and how to see less of it where the wheel does something else.
pub fn showing_ui(ui: &mut Ui, screen: &PlotScreen) {
    ui.add(Label::new(widgets::small(ui, screen.layout.in_words())).extend())
        .on_hover_text(t("Distances and motions together, as far as they are drawn"));
    if screen.scrolls {
        ui.label(widgets::small(ui, "Ctrl+wheel zooms"));
    }
}

fn whole_ui(
    ui: &mut Ui,
    size: Vec2,
    mut chart: Chart<'_>,
    whole: Span,
    screen: &mut PlotScreen,
    name: &str,
) -> (Response, Done) {
    let (rect, response) = ui.allocate_exact_size(size, Sense::click_and_drag());
    widgets::named(&response, ui, Role::Image, name);
    screen.values.resize(chart.panes.len(), None);
    chart.view = screen.zoom.view(whole);
    let mut plot = Plot { ui, response: &response, corner: rect.min, whole, screen, done: Done::default() };
    plot.keys();
    plot.wheel();
    plot.drags();
    plot.clicks();
    let done = plot.done;
    chart.view = screen.zoom.view(whole);
    chart.cursors = screen.cursors;
    screen.hover = response.hover_pos().and_then(|at| {
        let area = screen.layout.panes.first()?;
        let x = at.x - rect.left();
        (area.left..=area.right).contains(&x).then(|| chart.instant_at(*area, x))
    });
    chart.hover = screen.hover;
    for (pane, values) in chart.panes.iter_mut().zip(&screen.values) {
        pane.values = values.or(pane.values);
    }
    // Only where somebody listens: what is seen in words costs a pass over the readings in sight.
    ui.ctx().accesskit_node_builder(response.id, |node| {
        let curves = || chart.panes.iter().flat_map(|pane| &pane.curves);
        let first = curves().next();
        let of = Said {
            view: chart.view,
            curves: curves().count(),
            readings: first.map_or(0, |curve| std::ptr::from_ref(curve.series).addr()),
            gap: first.map_or(0, |curve| curve.gap.milliseconds),
        };
        let is_said = screen.said.as_ref().is_some_and(|(said, _)| *said == of);
        if !is_said {
            screen.said = Some((of, access::sentences(&chart.in_words())));
        }
        if let Some((_, words)) = &screen.said {
            node.set_description(words.as_str());
        }
    });
    let (scene, layout) = chart.paint(rect.size().into(), &mut screen.columns);
    screen.layout = layout;
    scene_ui(ui, rect.min, &scene);
    if let (Some(Drag::Box(from)), Some(to)) = (screen.drag, response.interact_pointer_pos()) {
        let color = super::theme::palette(ui).accent;
        let drawn = egui::Rect::from_two_pos(from, to).intersect(rect);
        ui.painter().rect_stroke(drawn, 0.0, (1.0, color), egui::StrokeKind::Inside);
    }
    (response, done)
}

struct Plot<'a> {
    ui: &'a Ui,
    response: &'a Response,
    corner: Pos2,
    whole: Span,
    screen: &'a mut PlotScreen,
    done: Done,
}

impl Plot<'_> {
    fn now(&self) -> f64 {
        self.ui.input(|input| input.time)
    }

    fn view(&self) -> Span {
        self.screen.zoom.view(self.whole)
    }

    fn go(&mut self, view: Span) {
        let now = self.now();
        self.screen.zoom.to(Some(view), now);
    }

    /// A place within the picture.
    fn within(&self, at: Pos2) -> [f32; 2] {
        (at - self.corner).into()
    }

    fn area(&self) -> Option<Area> {
        self.screen.layout.panes.first().copied()
    }

    fn instant(&self, at: Pos2) -> Option<f64> {
        let area = self.area()?;
        let share = f64::from((self.within(at)[0] - area.left) / area.width());
        Some(self.view().at(share))
    }

    /// The pane whose values stand left of this place.
    fn axis_of(&self, at: Pos2) -> Option<usize> {
        let [x, y] = self.within(at);
        let is_beside = |area: &Area| x < area.left && (area.top..=area.bottom).contains(&y);
        self.screen.layout.panes.iter().position(is_beside)
    }

    fn is_time_axis(&self, at: Pos2) -> bool {
        self.screen.layout.panes.last().is_some_and(|area| self.within(at)[1] > area.bottom)
    }

    fn wheel(&mut self) {
        let Some(at) = self.response.hover_pos() else { return };
        let (wheel, pinch, shift) = self.ui.input(|input| {
            (input.smooth_scroll_delta(), input.zoom_delta(), input.modifiers.matches_logically(Modifiers::SHIFT))
        });
        // What the chart is in scrolls, as everywhere; with Ctrl the chart takes the wheel, which is a pinch then.
        if pinch == 1.0 && !shift && self.ui.stack().contained_in(UiKind::ScrollArea) {
            return;
        }
        let turned = f64::from(wheel.y);
        if let Some(pane) = self.axis_of(at).filter(|_| wheel.y != 0.0) {
            let (low, high) = self.screen.layout.values[pane];
            let (middle, half) = ((low + high) / 2.0, (high - low) / 2.0 * (-turned / WHEEL).exp2());
            self.screen.values[pane] = Some((middle - half, middle + half));
            return;
        }
        let Some(around) = self.instant(at) else { return };
        let view = self.view();
        let sideways = if shift { f64::from(wheel.x + wheel.y) } else { f64::from(wheel.x) };
        let width = f64::from(self.area().map_or(1.0, |area| area.width()));
        if pinch != 1.0 {
            self.go(view.zoomed(1.0 / f64::from(pinch), around));
        } else if sideways != 0.0 {
            self.go(view.moved(-sideways / width * view.length()));
        } else if turned != 0.0 {
            self.go(view.zoomed((-turned / WHEEL).exp2(), around));
        }
    }

    fn drags(&mut self) {
        let Some(at) = self.response.interact_pointer_pos() else {
            self.screen.drag = None;
            return;
        };
        let modifiers = self.ui.input(|input| input.modifiers);
        let view = self.view();
        if self.response.drag_started() {
            let from = self.ui.input(|input| input.pointer.press_origin()).unwrap_or(at);
            let primary = self.response.drag_started_by(PointerButton::Primary);
            self.screen.drag = if let Some(pane) = self.axis_of(from) {
                Some(Drag::Values(pane, self.screen.layout.values[pane], from))
            } else if self.is_time_axis(from) {
                Some(Drag::Time(view, from))
            } else if !primary || modifiers.command {
                Some(Drag::Box(from))
            } else if modifiers.shift {
                self.screen.cursors = [self.instant(from); 2];
                Some(Drag::Range)
            } else {
                Some(Drag::Pan(view))
            };
        }
        let Some(drag) = self.screen.drag else { return };
        let Some(area) = self.area() else { return };
        let moved: Vec2 = self.ui.input(|input| input.pointer.press_origin()).map_or(Vec2::ZERO, |from| at - from);
        match drag {
            Drag::Pan(start) => self.go(start.moved(-f64::from(moved.x / area.width()) * start.length())),
            Drag::Range => self.screen.cursors[1] = self.instant(at),
            Drag::Time(start, from) => {
                let around = start.at(f64::from((self.within(from)[0] - area.left) / area.width()));
                self.go(start.zoomed((-f64::from(moved.x) / WHEEL).exp2(), around));
            }
            Drag::Values(pane, (low, high), from) => {
                let (middle, half) = ((low + high) / 2.0, (high - low) / 2.0);
                let half = half * (f64::from(at.y - from.y) / WHEEL).exp2();
                self.screen.values[pane] = Some((middle - half, middle + half));
            }
            Drag::Box(_) => {}
        }
        if self.response.drag_stopped() {
            self.screen.drag = None;
            match drag {
                Drag::Box(from) => self.zoom_into(from, at),
                Drag::Range => self.done.range = true,
                Drag::Pan(_) | Drag::Time(..) | Drag::Values(..) => {}
            }
        }
    }

    /// Zooms the time to a box, and the values of the pane in which it was begun if it is high enough to mean them.
    fn zoom_into(&mut self, from: Pos2, to: Pos2) {
        let (Some(one), Some(other)) = (self.instant(from), self.instant(to)) else { return };
        if (to.x - from.x).abs() >= LEAST_BOX {
            self.go(Span { from: one.min(other), to: one.max(other) }.zoomed(1.0, one));
        }
        let [_, top] = self.within(pos2(from.x, from.y.min(to.y)));
        let [_, bottom] = self.within(pos2(from.x, from.y.max(to.y)));
        let Some(pane) = self.screen.layout.pane_at(self.within(from)) else { return };
        let area = self.screen.layout.panes[pane];
        if bottom - top < area.height() * 0.2 || bottom - top < LEAST_BOX {
            return;
        }
        let (low, high) = self.screen.layout.values[pane];
        let value =
            |y: f32| low + (high - low) * f64::from((area.bottom - y.clamp(area.top, area.bottom)) / area.height());
        self.screen.values[pane] = Some((value(bottom), value(top)));
    }

    fn clicks(&mut self) {
        let Some(at) = self.response.interact_pointer_pos() else { return };
        if self.response.double_clicked() {
            let now = self.now();
            self.screen.zoom.to(None, now);
            self.screen.values.fill(None);
        } else if self.response.clicked() {
            self.response.request_focus();
            if self.screen.layout.pane_at(self.within(at)).is_none() {
                return;
            }
            let shift = self.ui.input(|input| input.modifiers.shift);
            let instant = self.instant(at);
            self.screen.cursors = match (shift, self.screen.cursors) {
                (true, [Some(first), _]) => [Some(first), instant],
                _ => [instant, None],
            };
            self.done.range = true;
        }
    }

    fn keys(&mut self) {
        if !self.response.has_focus() {
            return;
        }
        focus::keep_arrows(self.ui, self.response.id);
        let view = self.view();
        let middle = self.screen.hover.unwrap_or_else(|| view.at(0.5));
        let pressed = |modifiers: Modifiers, key: Key| self.ui.input_mut(|input| input.consume_key(modifiers, key));
        if pressed(Modifiers::ALT, Key::ArrowLeft) {
            self.screen.zoom.back();
        } else if pressed(Modifiers::ALT, Key::ArrowRight) {
            self.screen.zoom.forward();
        } else if pressed(Modifiers::NONE, Key::ArrowLeft) {
            self.go(view.moved(-0.1 * view.length()));
        } else if pressed(Modifiers::NONE, Key::ArrowRight) {
            self.go(view.moved(0.1 * view.length()));
        } else if pressed(Modifiers::NONE, Key::ArrowUp) || pressed(Modifiers::NONE, Key::Plus) {
            self.go(view.zoomed(0.8, middle));
        } else if pressed(Modifiers::NONE, Key::ArrowDown) || pressed(Modifiers::NONE, Key::Minus) {
            self.go(view.zoomed(1.25, middle));
        } else if pressed(Modifiers::NONE, Key::Home) {
            let now = self.now();
            self.screen.zoom.to(None, now);
        }
        for (place, key) in [(0, Key::A), (0, Key::Enter), (1, Key::B)] {
            if pressed(Modifiers::NONE, key) {
                self.screen.cursors[place] = Some(middle);
                self.done.range = true;
            }
        }
    }
}
