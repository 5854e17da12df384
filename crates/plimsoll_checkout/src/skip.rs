//! Folders that hold no source of the project.

use plimsoll_source::SkipReason;

/// Why a folder of this name is not entered, wherever it is.
pub(crate) fn by_name(name: &str) -> Option<SkipReason> {
    match name {
        ".git" | ".hg" | ".svn" | ".bzr" | ".jj" | "CVS" => Some(SkipReason::VersionControl),
        "node_modules" | "bower_components" | "jspm_packages" | "site-packages"
        | "dist-packages" | "__pypackages__" | ".eggs" | ".pnpm-store" | ".yarn" => {
            Some(SkipReason::Packages)
        }
        "__pycache__" | ".tox" | ".nox" | ".mypy_cache" | ".pytest_cache" | ".ruff_cache"
        | ".hypothesis" | ".pytype" | ".pyre" | ".ipynb_checkpoints" | ".cache" | ".sass-cache"
        | ".parcel-cache" | ".next" | ".nuxt" | ".svelte-kit" | ".turbo" | ".terraform"
        | ".gradle" | ".direnv" | ".vagrant" | ".nyc_output" | ".plimsoll" => {
            Some(SkipReason::Cache)
        }
        _ => None,
    }
}

/// Whether a folder with an entry of this name is a virtual environment: `pyvenv.cfg` of venv
/// and virtualenv, `conda-meta` of conda.
pub(crate) fn marks_environment(name: &str) -> bool {
    matches!(name, "pyvenv.cfg" | "conda-meta")
}
