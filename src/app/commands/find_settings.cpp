#include "app/commands/find_settings.hpp"

namespace plumb::app {

selection::FindOptions find_settings(const Settings& settings) {
    selection::FindOptions options;
    options.method = settings.text("method") == "johansen" ? selection::Method::johansen
                                                           : selection::Method::engle_granger;
    options.p_threshold = settings.number("p-threshold");
    if (settings.has("fdr")) {
        options.fdr_level = settings.number("fdr");
        options.fdr_required = true;
    }
    if (settings.has("holdout-fraction")) options.holdout_fraction = settings.number("holdout-fraction");
    options.band.z_entry = settings.number("entry-zscore");
    options.band.z_exit = settings.number("exit-zscore");
    return options;
}

}  // namespace plumb::app
