#include "app/bundled_data.hpp"

#include <vector>

namespace plumb::app {

Result<std::filesystem::path> bundled_data(const Settings& settings) {
    std::vector<std::filesystem::path> places;
    std::error_code error;
    if (settings.has("share")) {
        places.push_back(settings.path("share") / "data");
    } else {
        const std::filesystem::path folder =
            std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
        places = {folder / "../../share/data", folder / "../share/plumb/data"};
    }
    std::string looked_at;
    for (const std::filesystem::path& place : places) {
        if (std::filesystem::exists(place / "NOTICE", error)) return place.lexically_normal();
        looked_at += (looked_at.empty() ? "" : " and ") + place.lexically_normal().string();
    }
    return fail(Errc::not_found, "expected the bundled data in " + looked_at +
                                     ", found none: give --share, the folder share/ of the clone");
}

}  // namespace plumb::app
