#pragma once

#include <string_view>

namespace plumb::report::assets {

// Files that cmake/embed.cmake puts into the program.
std::string_view uplot_script();
std::string_view uplot_style();
std::string_view uplot_licence();
std::string_view report_script();
std::string_view report_style();

}  // namespace plumb::report::assets
