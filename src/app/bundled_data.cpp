#include "app/bundled_data.hpp"

#include <cstdlib>
#include <vector>

namespace plumb::app {

Result<std::filesystem::path> bundled_data() {
    std::vector<std::filesystem::path> places;
    std::error_code error;
    if (const char* share = std::getenv("PLUMB_SHARE"); share != nullptr && *share != '\0') {
        places.push_back(std::filesystem::path{share} / "data");
    } else {
        const std::filesystem::path folder = std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
        places = {folder / "../../share/data", folder / "../share/plumb/data"};
    }
    std::string looked_at;
    for (const std::filesystem::path& place : places) {
        if (std::filesystem::exists(place / "NOTICE", error)) return place.lexically_normal();
        looked_at += (looked_at.empty() ? "" : " and ") + place.lexically_normal().string();
    }
    return fail(Errc::not_found, "expected the bundled data in " + looked_at +
                                     ", found none: set PLUMB_SHARE to the folder share/ of the clone");
}

}  // namespace plumb::app
