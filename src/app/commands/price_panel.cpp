#include "app/commands/price_panel.hpp"

#include <set>
#include <string>

#include "bars/panel.hpp"

namespace plumb::app {

Result<selection::Panel> price_panel(std::span<const BarHistory> histories) {
    Result<bars::Panel> aligned = bars::align_all(histories, bars::Presence::not_filled);
    if (!aligned) return fail(aligned.error());
    std::vector<std::string> bases;
    for (const std::string& name : aligned->names) bases.push_back(name.substr(0, name.find('/')));
    const bool distinct = std::set<std::string>{bases.begin(), bases.end()}.size() == bases.size();
    selection::Panel panel;
    panel.names = distinct ? std::move(bases) : std::move(aligned->names);
    panel.times = std::move(aligned->times);
    panel.closes = std::move(aligned->closes);
    panel.bar_seconds = to_seconds(aligned->length);
    return panel;
}

}  // namespace plumb::app
