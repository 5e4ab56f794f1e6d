#include "store/archive_source.hpp"

#include <map>

#include "bars/bar_spec.hpp"
#include "bars/resample.hpp"
#include "store/parquet_bars.hpp"

namespace plumb::store {
namespace {

using Entry = BarArchive::Entry;

/// Slots that may begin before `from` need the bars of their whole length.
Timestamp widened(Timestamp from, Duration length) {
    return from - Timestamp::min() > length ? bars::slot_open(from, length) : from;
}

class ArchiveSource : public HistorySource {
 public:
    ArchiveSource(std::string root, std::map<std::string, std::vector<Entry>> entries)
        : root_{std::move(root)}, entries_{std::move(entries)} {}

    Result<std::vector<std::string>> names() override {
        std::vector<std::string> names;
        for (const auto& [name, entries] : entries_) names.push_back(name);
        return names;
    }

    Result<BarHistory> bars(const std::string& name, Duration length, Timestamp from, Timestamp to) override {
        const auto found = entries_.find(name);
        if (found == entries_.end())
            return fail(Errc::not_found, root_ + ": no prices of " + name + " there");
        for (const Entry& entry : found->second) {
            if (entry.source == found->second[0].source) continue;
            return fail(Errc::duplicate, root_ + ": " + name + " is there from " + found->second[0].source +
                                             " and from " + entry.source + "; say which source is meant");
        }
        const Entry* best = nullptr;  // entries ascend by length: the longest that fits comes last
        for (const Entry& entry : found->second) {
            const bool fits = length == Duration{} ? best == nullptr : length % entry.length == Duration{};
            if (fits) best = &entry;
        }
        if (best == nullptr) {
            return fail(Errc::unsupported, name + ": bars of " + granularity_name(length) +
                                               " cannot be made from bars of " +
                                               granularity_name(found->second[0].length));
        }
        const bool as_stored = length == Duration{} || length == best->length;
        Result<BarHistory> stored =
            read_parquet_bars(best->file, {.length = best->length,
                                           .from = as_stored ? from : widened(from, length),
                                           .to = as_stored ? to : Timestamp::max()});
        if (!stored) return fail(stored.error());
        stored->rename(name);
        if (as_stored) return stored;
        const Result<BarHistory> longer = bars::resample(*stored, length);
        if (!longer) return fail(longer.error());
        return longer->slice(from, to);
    }

 private:
    std::string root_;
    std::map<std::string, std::vector<Entry>> entries_;
};

}  // namespace

Result<std::unique_ptr<HistorySource>> open_archive(const std::filesystem::path& workspace,
                                                    const std::string& source) {
    const BarArchive archive{workspace};
    const auto entries = archive.entries();
    if (!entries) return fail(entries.error());
    std::map<std::string, std::vector<Entry>> by_name;
    for (const Entry& entry : *entries) {
        if (source.empty() || entry.source == source) by_name[entry.instrument].push_back(entry);
    }
    if (by_name.empty()) {
        return fail(Errc::not_found,
                    archive.root().string() + ": expected archived bars" +
                        (source.empty() ? "" : " from " + source) +
                        ", found none; fill it with `plumb import --kind csv-bars --in FILE`");
    }
    return std::make_unique<ArchiveSource>(archive.root().string(), std::move(by_name));
}

}  // namespace plumb::store
