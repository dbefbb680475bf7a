//! Prints what a scheme says in vain.
//!
//! ```text
//! cargo run -p yibao-grouping --example check_scheme -- SCHEME
//! ```

use std::error::Error;
use std::path::Path;

use yibao_grouping::Scheme;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("usage: check_scheme SCHEME")?;
    let scheme = Scheme::open(Path::new(&path))?;
    for finding in scheme.check() {
        println!("{finding}");
    }
    Ok(())
}
