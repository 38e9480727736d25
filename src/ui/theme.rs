//! Colours, sizes and spacings: all of them, and only here. Quiet, one accent, a second colour only for warnings,
//! a four-point grid.

use std::sync::Arc;

use egui::epaint::Shadow;
use egui::style::{ScrollAnimation, ScrollStyle};
use egui::{
    Color32, Context, CornerRadius, FontData, FontDefinitions, FontFamily, FontId, Frame, Id, Margin, Stroke, Style,
    TextStyle, ThemePreference, Ui, Visuals, vec2,
};

use crate::domain::Code;
use crate::picture::scene::Ink;
use crate::sql::Class;
use crate::state::{Looks, Theme};

/// Width of the list of tables at the first start.
pub const SIDEBAR_WIDTH: f32 = 248.0;
/// Width of the list of what was done.
/// The width of what asks whether something is meant, in points.
pub const ASKING_WIDTH: f32 = 320.0;
pub const HISTORY_WIDTH: f32 = 260.0;
/// Width of the list of commands, and its most height.
pub const PALETTE_WIDTH: f32 = 520.0;
pub const PALETTE_HEIGHT: f32 = 420.0;
/// How far it is below the top of the window.
pub const PALETTE_TOP: f32 = 72.0;
/// Width of the guide at first.
pub const GUIDE_WIDTH: f32 = 420.0;
/// Width of a card of the tour.
pub const TOUR_WIDTH: f32 = 212.0;
/// Most width of a sentence on what is pointed at.
pub const HOVER_WIDTH: f32 = 360.0;
/// What is left of the window's height above and below a menu that scrolls.
pub const MENU_MARGIN: f32 = 96.0;
/// Letters of a name of a file in a menu.
pub const MENU_LETTERS: usize = 24;
/// Most height of the list of what was done; a longer one scrolls.
pub const HISTORY_HEIGHT: f32 = 480.0;
/// Width of a page from which on two columns stand beside each other.
pub const ROOM_FOR_TWO: f32 = 820.0;
/// Room for one figure of a side of an export.
pub const SHARE_WIDTH: f32 = 64.0;
pub const SHARE_HEIGHT: f32 = 20.0;
/// Width of the figures beside a chart at first.
pub const SIGNALS_SIDE_WIDTH: f32 = 272.0;
/// Width of one row whole, beside a table at first.
pub const DETAILS_WIDTH: f32 = 260.0;
/// Least width or height of each of two pages.
pub const LEAST_PAGE: f32 = 200.0;
/// Width and height of a page in a window of its own at first.
pub const OWN_WINDOW: [f32; 2] = [900.0, 640.0];
/// Height of the editor of queries at first, and letters of an earlier query in their list.
pub const QUERY_HEIGHT: f32 = 168.0;
pub const QUERY_LETTERS: usize = 60;
/// Width of the list of what a word can become, and its most height.
pub const OFFERS_WIDTH: f32 = 360.0;
pub const OFFERS_HEIGHT: f32 = 200.0;
/// Height of a row in a table.
pub const ROW_HEIGHT: f32 = 24.0;
/// Height of the row of column titles.
pub const HEADER_HEIGHT: f32 = 28.0;
/// Size of most texts.
const BODY: f32 = 13.5;
/// Most room for one figure in the strip, from left to right.
pub const MOST_FIGURE_WIDTH: f32 = 132.0;
/// Room for the state of the review at the end of the strip.
pub const REVIEW_WIDTH: f32 = 152.0;
/// Room for one figure in the strip, from top to bottom.
pub const FIGURE_HEIGHT: f32 = 60.0;
/// How long the difference that a change made stays beside a figure, in seconds.
pub const DIFFERENCE_SECONDS: f64 = 6.0;
/// A page that is lower than this scrolls as a whole, in points: one that is a table, and any other.
pub const LEAST_TABLE_HEIGHT: f32 = 190.0;
pub const LEAST_PAGE_HEIGHT: f32 = 350.0;

/// Width of a table's own scroll bar.
pub const SCROLL_BAR_WIDTH: f32 = 12.0;

/// How large text is against its usual size.
pub fn text_factor(ui: &Ui) -> f32 {
    TextStyle::Body.resolve(ui.style()).size / BODY
}

/// Height of the row of column titles with their spreads.
pub fn title_height(ui: &Ui) -> f32 {
    24.0 + 44.0 * text_factor(ui).max(1.0)
}

/// The colours of one theme. Those that tell things apart are after Okabe and Ito, "Color Universal Design" (2008): blue, orange
/// and reddish purple, each as light or dark as its ground needs, so that also those tell them apart who do not see all colours.
#[derive(Clone, Copy, Debug)]
pub struct Palette {
    pub base: Color32,
    pub panel: Color32,
    pub raised: Color32,
    /// Between parts.
    pub line: Color32,
    /// Around what can be used, such as a box to tick.
    pub edge: Color32,
    pub text: Color32,
    pub weak: Color32,
    pub accent: Color32,
    pub accent_soft: Color32,
    pub warning: Color32,
    pub warning_soft: Color32,
    /// Readings that did not come through.
    pub dropped: Color32,
    /// Another customer's curve.
    pub other: Color32,
    /// Texts and numbers in a query.
    pub quoted: Color32,
}

const DARK: Palette = Palette {
    base: Color32::from_rgb(0x15, 0x17, 0x1b),
    panel: Color32::from_rgb(0x1b, 0x1e, 0x23),
    raised: Color32::from_rgb(0x27, 0x2b, 0x32),
    line: Color32::from_rgb(0x31, 0x36, 0x3f),
    edge: Color32::from_rgb(0x69, 0x71, 0x7d),
    text: Color32::from_rgb(0xde, 0xe2, 0xe8),
    weak: Color32::from_rgb(0x9b, 0xa3, 0xaf),
    accent: Color32::from_rgb(0x5a, 0xb0, 0xf2),
    accent_soft: Color32::from_rgb(0x1f, 0x3a, 0x52),
    warning: Color32::from_rgb(0xe8, 0xab, 0x4a),
    warning_soft: Color32::from_rgb(0x3d, 0x30, 0x18),
    dropped: Color32::from_rgb(0x74, 0x7c, 0x88),
    other: Color32::from_rgb(0xf5, 0xd0, 0xee),
    quoted: Color32::from_rgb(0x8c, 0xc9, 0x8f),
};

const LIGHT: Palette = Palette {
    base: Color32::from_rgb(0xff, 0xff, 0xff),
    panel: Color32::from_rgb(0xf5, 0xf6, 0xf8),
    raised: Color32::from_rgb(0xe8, 0xeb, 0xef),
    line: Color32::from_rgb(0xd8, 0xdc, 0xe2),
    edge: Color32::from_rgb(0x7b, 0x84, 0x90),
    text: Color32::from_rgb(0x1d, 0x22, 0x29),
    weak: Color32::from_rgb(0x5c, 0x65, 0x72),
    accent: Color32::from_rgb(0x12, 0x63, 0xb5),
    accent_soft: Color32::from_rgb(0xd9, 0xe9, 0xf8),
    warning: Color32::from_rgb(0x8a, 0x50, 0x00),
    warning_soft: Color32::from_rgb(0xfb, 0xed, 0xd2),
    dropped: Color32::from_rgb(0x8b, 0x93, 0x9e),
    other: Color32::from_rgb(0x5a, 0x0f, 0x50),
    quoted: Color32::from_rgb(0x2a, 0x6e, 0x3f),
};

const DARK_STRONG: Palette = Palette {
    base: Color32::from_rgb(0x00, 0x00, 0x00),
    panel: Color32::from_rgb(0x00, 0x00, 0x00),
    raised: Color32::from_rgb(0x2a, 0x2a, 0x2a),
    line: Color32::from_rgb(0x8c, 0x92, 0x9b),
    edge: Color32::from_rgb(0xff, 0xff, 0xff),
    text: Color32::from_rgb(0xff, 0xff, 0xff),
    weak: Color32::from_rgb(0xd6, 0xdb, 0xe2),
    accent: Color32::from_rgb(0x7c, 0xc4, 0xff),
    accent_soft: Color32::from_rgb(0x0c, 0x30, 0x54),
    warning: Color32::from_rgb(0xff, 0xc4, 0x5c),
    warning_soft: Color32::from_rgb(0x3a, 0x28, 0x00),
    dropped: Color32::from_rgb(0x9a, 0xa2, 0xad),
    other: Color32::from_rgb(0xff, 0xe0, 0xfa),
    quoted: Color32::from_rgb(0xb8, 0xf0, 0xbb),
};

const LIGHT_STRONG: Palette = Palette {
    base: Color32::from_rgb(0xff, 0xff, 0xff),
    panel: Color32::from_rgb(0xff, 0xff, 0xff),
    raised: Color32::from_rgb(0xe8, 0xeb, 0xef),
    line: Color32::from_rgb(0x6f, 0x76, 0x80),
    edge: Color32::from_rgb(0x00, 0x00, 0x00),
    text: Color32::from_rgb(0x00, 0x00, 0x00),
    weak: Color32::from_rgb(0x36, 0x3d, 0x47),
    accent: Color32::from_rgb(0x00, 0x3f, 0x86),
    accent_soft: Color32::from_rgb(0xcf, 0xe4, 0xfb),
    warning: Color32::from_rgb(0x6b, 0x3a, 0x00),
    warning_soft: Color32::from_rgb(0xff, 0xef, 0xd0),
    dropped: Color32::from_rgb(0x76, 0x7e, 0x89),
    other: Color32::from_rgb(0x3d, 0x00, 0x35),
    quoted: Color32::from_rgb(0x0c, 0x4a, 0x1e),
};

/// The marks that tell people and devices apart at a glance, readable on both themes.
const MARKS: [Color32; 10] = [
    Color32::from_rgb(0x4e, 0x9a, 0xd6),
    Color32::from_rgb(0xd9, 0x7b, 0x3c),
    Color32::from_rgb(0x4f, 0xa8, 0x6b),
    Color32::from_rgb(0xc7, 0x5d, 0x6b),
    Color32::from_rgb(0x8f, 0x7c, 0xc9),
    Color32::from_rgb(0x9b, 0x76, 0x5f),
    Color32::from_rgb(0xcf, 0x77, 0xb5),
    Color32::from_rgb(0x86, 0x8d, 0x96),
    Color32::from_rgb(0xa8, 0xa4, 0x3a),
    Color32::from_rgb(0x3a, 0xa5, 0xad),
];

/// The palettes in force, for the light and for the dark.
#[derive(Clone, Copy)]
struct Worn([Palette; 2]);

/// The colours in force.
pub fn palette(ui: &Ui) -> Palette {
    let worn = ui.data(|data| data.get_temp::<Worn>(Id::NULL));
    let Worn(palettes) = worn.unwrap_or(Worn([LIGHT, DARK]));
    palettes[usize::from(ui.visuals().dark_mode)]
}

/// The ring around what has the focus: nothing else is as thick.
pub fn focus_stroke(ui: &Ui) -> Stroke {
    Stroke::new(2.0, palette(ui).accent)
}

/// The colour of what is painted in a scene.
pub fn ink(ui: &Ui, ink: Ink) -> Color32 {
    let palette = palette(ui);
    match ink {
        Ink::Ground => palette.base,
        Ink::Grid => palette.line.gamma_multiply(0.6),
        Ink::Text | Ink::Cursor => palette.text,
        Ink::Weak => palette.weak,
        Ink::Kept => palette.accent,
        Ink::Dropped => palette.dropped,
        Ink::Mixed => palette.accent.lerp_to_gamma(palette.weak, 0.5),
        Ink::Other => palette.other,
        Ink::Foreign => palette.warning,
        Ink::BeforeConsent => palette.warning_soft,
        Ink::Range => palette.accent_soft,
    }
}

/// The mark of a person or device.
pub fn mark(code: Code) -> Color32 {
    MARKS[code.color_index(MARKS.len())]
}

/// Puts fonts and both themes into a context, once.
pub fn install(context: &Context) {
    context.set_fonts(fonts());
    // The keys for it are among the actions, where they can be changed, and what they do is kept.
    context.options_mut(|options| options.zoom_with_keyboard = false);
    wear(context, Theme::default(), &Looks::default());
}

/// Has everything look like this from now on.
pub fn wear(context: &Context, theme: Theme, looks: &Looks) {
    let worn = if looks.high_contrast { [LIGHT_STRONG, DARK_STRONG] } else { [LIGHT, DARK] };
    context.data_mut(|data| data.insert_temp(Id::NULL, Worn(worn)));
    let [light, dark] = worn;
    context.style_mut_of(egui::Theme::Light, |style| dress(style, &light, Visuals::light(), looks));
    context.style_mut_of(egui::Theme::Dark, |style| dress(style, &dark, Visuals::dark(), looks));
    context.set_zoom_factor(looks.zoom.factor());
    context.set_theme(match theme {
        Theme::System => ThemePreference::System,
        Theme::Light => ThemePreference::Light,
        Theme::Dark => ThemePreference::Dark,
    });
}

/// The text style of figures that matter.
pub fn figure_style() -> TextStyle {
    TextStyle::Name("figure".into())
}

/// The colour of a part of a query.
pub fn code(ui: &Ui, class: Class) -> Color32 {
    let palette = palette(ui);
    match class {
        Class::Keyword => palette.accent,
        Class::Function | Class::Table => palette.other,
        Class::Text | Class::Number => palette.quoted,
        Class::Comment => palette.weak,
        Class::Plain => palette.text,
    }
}

/// The text style of titles of columns and groups.
pub fn strong_style() -> TextStyle {
    TextStyle::Name("strong".into())
}

/// Around the bars at the top and bottom.
pub fn bar_frame(ui: &Ui) -> Frame {
    Frame::new().fill(palette(ui).panel).inner_margin(Margin::symmetric(12, 6))
}

/// Around the strip of figures.
pub fn strip_frame(ui: &Ui) -> Frame {
    Frame::new().fill(palette(ui).base).inner_margin(Margin { left: 12, right: 12, top: 8, bottom: 4 })
}

/// Around the list of tables.
pub fn side_frame(ui: &Ui) -> Frame {
    Frame::new().fill(palette(ui).panel).inner_margin(Margin::symmetric(8, 8))
}

/// Around what stands beside a chart.
pub fn aside_frame(ui: &Ui) -> Frame {
    Frame::new().fill(palette(ui).base).inner_margin(Margin { left: 12, right: 0, top: 4, bottom: 4 })
}

/// Around the page in the middle.
pub fn page_frame(ui: &Ui) -> Frame {
    Frame::new().fill(palette(ui).base).inner_margin(Margin { left: 16, right: 12, top: 12, bottom: 0 })
}

/// Around the editor of queries.
pub fn query_frame(ui: &Ui) -> Frame {
    Frame::new().fill(palette(ui).panel).corner_radius(CornerRadius::same(4)).inner_margin(Margin::symmetric(8, 8))
}

/// Around a notice.
pub fn notice_frame(fill: Color32) -> Frame {
    Frame::new().fill(fill).corner_radius(CornerRadius::same(4)).inner_margin(Margin::symmetric(12, 8))
}

/// Around lines of code.
pub fn lines_frame(ui: &Ui) -> Frame {
    Frame::new().fill(palette(ui).panel).corner_radius(CornerRadius::same(4)).inner_margin(Margin::symmetric(8, 8))
}

fn fonts() -> FontDefinitions {
    let mut fonts = FontDefinitions::default();
    let faces: [(&str, &'static [u8]); 3] = [
        ("plex", include_bytes!("../../assets/fonts/IBMPlexSans-Regular.ttf")),
        ("plex-strong", include_bytes!("../../assets/fonts/IBMPlexSans-SemiBold.ttf")),
        ("phosphor", include_bytes!("../../assets/fonts/Phosphor.ttf")),
    ];
    for (name, bytes) in faces {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
    }
    let fallback = fonts.families.get(&FontFamily::Proportional).cloned().unwrap_or_default();
    let chain = |first: &str| {
        let own = [first.to_owned(), "phosphor".to_owned()];
        own.into_iter().chain(fallback.iter().cloned()).collect::<Vec<_>>()
    };
    fonts.families.insert(FontFamily::Proportional, chain("plex"));
    fonts.families.insert(strong_family(), chain("plex-strong"));
    fonts
}

fn strong_family() -> FontFamily {
    FontFamily::Name("strong".into())
}

fn dress(style: &mut Style, palette: &Palette, visuals: Visuals, looks: &Looks) {
    let font = |size: f32, family: FontFamily| FontId::new(size * looks.text.factor(), family);
    style.text_styles = [
        (TextStyle::Small, font(12.0, FontFamily::Proportional)),
        (TextStyle::Body, font(BODY, FontFamily::Proportional)),
        (TextStyle::Button, font(BODY, FontFamily::Proportional)),
        (TextStyle::Monospace, font(13.0, FontFamily::Monospace)),
        (TextStyle::Heading, font(17.0, strong_family())),
        (strong_style(), font(BODY, strong_family())),
        (figure_style(), font(18.0, strong_family())),
    ]
    .into();
    let usual = Style::default();
    (style.animation_time, style.scroll_animation) =
        if looks.still { (0.0, ScrollAnimation::none()) } else { (usual.animation_time, usual.scroll_animation) };
    // Bars are seen where there is more than is in sight, and lie over none of it.
    style.spacing.scroll = ScrollStyle {
        floating_allocated_width: 8.0,
        floating_width: 4.0,
        dormant_handle_opacity: 0.4,
        ..usual.spacing.scroll
    };
    style.spacing.item_spacing = vec2(8.0, 4.0);
    style.spacing.button_padding = vec2(8.0, 4.0);
    style.spacing.interact_size.y = 24.0;
    style.interaction.tooltip_delay = 0.3;
    style.visuals = Visuals {
        panel_fill: palette.panel,
        window_fill: palette.panel,
        extreme_bg_color: palette.base,
        faint_bg_color: palette.panel,
        override_text_color: None,
        weak_text_color: Some(palette.weak),
        hyperlink_color: palette.accent,
        warn_fg_color: palette.warning,
        error_fg_color: palette.warning,
        window_stroke: Stroke::new(1.0, if looks.high_contrast { palette.edge } else { palette.line }),
        text_edit_bg_color: Some(palette.raised),
        popup_shadow: Shadow { offset: [0, 4], blur: 12, spread: 0, color: Color32::from_black_alpha(60) },
        ..visuals
    };
    style.visuals.selection.bg_fill = palette.accent_soft;
    style.visuals.selection.stroke = Stroke::new(1.0, palette.accent);
    let widgets = &mut style.visuals.widgets;
    widgets.noninteractive.bg_stroke = Stroke::new(1.0, palette.line);
    widgets.noninteractive.fg_stroke = Stroke::new(1.0, palette.text);
    widgets.noninteractive.bg_fill = palette.panel;
    widgets.inactive.fg_stroke = Stroke::new(1.0, palette.text);
    widgets.inactive.bg_fill = palette.raised;
    // Boxes to tick, and what is chosen among several, are seen by their edges whatever colours somebody sees.
    let edge = Stroke::new(1.0, palette.edge);
    widgets.inactive.bg_stroke = edge;
    widgets.inactive.weak_bg_fill = palette.raised;
    for state in [&mut widgets.hovered, &mut widgets.active, &mut widgets.open] {
        state.fg_stroke = Stroke::new(1.0, palette.text);
        let fill = if looks.high_contrast { palette.raised } else { palette.line };
        (state.bg_fill, state.weak_bg_fill) = (fill, fill);
        state.bg_stroke = edge;
        state.expansion = 0.0;
    }
    widgets.active.bg_stroke = Stroke::new(1.0, palette.accent);
    for state in [
        &mut widgets.noninteractive,
        &mut widgets.inactive,
        &mut widgets.hovered,
        &mut widgets.active,
        &mut widgets.open,
    ] {
        state.corner_radius = CornerRadius::same(4);
    }
}

#[cfg(test)]
mod tests;
