//! Pictures as files: SVG as it is written, PNG painted from it.

use std::path::Path;
use std::sync::Arc;

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb};

use super::{ExportError, write_file};
use crate::picture::{Coloring, Picture, svg};

/// Pixels of a PNG for each point of its picture.
const PIXELS_A_POINT: f32 = 2.0;
/// No picture is wider or higher, in points.
const MOST: f32 = 8192.0;

/// Writes a picture, complete or not at all; the ending of the name says how: `.svg` or `.png`.
///
/// # Errors
/// When the ending is another one, the picture cannot be painted, or the disk refuses.
pub fn write_picture(picture: &Picture, path: &Path) -> Result<(), ExportError> {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    match ending.as_deref() {
        Some("svg") => write_file(path, svg(&picture.scene, &picture.title, picture.coloring).as_bytes()),
        Some("png") => write_file(path, &png(picture).map_err(|why| failed(path, why))?),
        _ => Err(ExportError::PictureEnding { path: path.to_owned() }),
    }
}

/// The picture as PNG, two pixels a point, in the light unless it is to be dark. Its letters are those of the window,
/// whatever is installed, so that the same picture gives the same bytes.
fn png(picture: &Picture) -> Result<Vec<u8>, String> {
    if picture.scene.size.iter().any(|length| !(1.0..=MOST).contains(length)) {
        return Err(format!("a picture has 1 to {MOST} points on each side"));
    }
    let coloring = match picture.coloring {
        Coloring::Reader => Coloring::Light,
        coloring => coloring,
    };
    let mut fonts = fontdb::Database::new();
    fonts.load_font_data(include_bytes!("../../assets/fonts/IBMPlexSans-Regular.ttf").to_vec());
    let options = Options { fontdb: Arc::new(fonts), font_family: "IBM Plex Sans".to_owned(), ..Options::default() };
    let text = svg(&picture.scene, &picture.title, coloring);
    let tree = Tree::from_str(&text, &options).map_err(|error| error.to_string())?;
    let [width, height] = picture.scene.size.map(|length| (length * PIXELS_A_POINT).ceil() as u32);
    let mut pixels = Pixmap::new(width, height).ok_or("there is no room for its pixels")?;
    resvg::render(&tree, Transform::from_scale(PIXELS_A_POINT, PIXELS_A_POINT), &mut pixels.as_mut());
    pixels.encode_png().map_err(|error| error.to_string())
}

fn failed(path: &Path, why: String) -> ExportError {
    ExportError::Picture { path: path.to_owned(), why }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::scene::{Area, Ink, Scene, Shape};

    fn picture(size: [f32; 2]) -> Picture {
        let mut scene = Scene { size, layers: vec![] };
        let area = Area::new(0.0, 0.0, 10.0, 10.0);
        scene.paint(area, vec![Shape::Fill(area, Ink::Foreign)]);
        Picture { scene, title: "a square".to_owned(), coloring: Coloring::Light }
    }

    #[test]
    fn a_picture_has_two_pixels_a_point_and_its_colours() {
        let pixels = Pixmap::decode_png(&png(&picture([20.0, 12.0])).unwrap()).unwrap();
        assert_eq!((pixels.width(), pixels.height()), (40, 24));
        let color = |x, y| pixels.pixel(x, y).map(|pixel| (pixel.red(), pixel.green(), pixel.blue()));
        assert_eq!((color(4, 4), color(30, 4)), (Some((0x8a, 0x50, 0x00)), Some((0xff, 0xff, 0xff))));
    }

    #[test]
    fn what_cannot_be_a_picture_is_said() {
        assert!(png(&picture([f32::NAN, 10.0])).is_err() && png(&picture([1e6, 10.0])).is_err());
        let folder = tempfile::tempdir().unwrap();
        let error = write_picture(&picture([20.0, 12.0]), &folder.path().join("a.gif")).unwrap_err().to_string();
        assert!(error.contains(".svg") && error.contains(".png"), "{error}");
        write_picture(&picture([20.0, 12.0]), &folder.path().join("a.SVG")).unwrap();
        assert!(std::fs::read_to_string(folder.path().join("a.SVG")).unwrap().starts_with("<svg"));
    }
}
