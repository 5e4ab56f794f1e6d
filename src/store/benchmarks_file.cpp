#include "store/benchmarks_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "codec/json.hpp"
#include "core/instrument.hpp"
#include "io/file.hpp"
#include "store/json_fields.hpp"
#include "store/python_time.hpp"

namespace plumb::store {
namespace {

using codec::Json;

constexpr const char* kRequired[] = {"version", "computed_at_utc", "universe", "lookback_days",
                                     "cointegration_groups"};

std::string base_of(const std::string& symbol) {
    const auto name = parse_symbol(symbol);
    return name ? name->base : symbol;
}

/// The weight of `asset`: by the file's own spelling, else by the base, since files mix "BTC" and "BTC/USD".
double weight_of(JsonFields& fields, const Json& weights, const std::string& asset) {
    const Json* found = weights.contains(asset) ? &weights[asset] : nullptr;
    for (auto item = weights.begin(); found == nullptr && item != weights.end(); ++item) {
        if (base_of(item.key()) == base_of(asset)) found = &item.value();
    }
    const double weight = found != nullptr && found->is_number() ? found->get<double>() : std::nan("");
    if (!std::isfinite(weight)) {
        fields.trouble(Error{found == nullptr ? Errc::missing_column : Errc::not_finite,
                             fmt::format("weights: expected a finite weight for {}, found {}", asset,
                                         found == nullptr ? "none" : codec::write_json(*found, -1))});
        return 0;
    }
    return weight;
}

void read_vector(JsonFields& group_fields, const Json& json, const std::string& where,
                 BenchmarkGroup& group) {
    JsonFields fields{json, where + ".vectors[0]"};
    if (const Json* weights = fields.object("weights")) {
        for (std::size_t leg = 0; leg < 2; ++leg)
            group.weights[leg] = weight_of(fields, *weights, group.assets[leg]);
    } else {
        fields.trouble(Error{Errc::missing_column, "expected the key \"weights\", found none"});
    }
    const auto mean = fields.number_if("spread_mean");
    const auto deviation = fields.number_if("spread_std");
    if (mean && deviation) {  // otherwise both stay 0: no deviation, no signal, in the earlier program too
        group.spread_mean = *mean;
        group.spread_std = *deviation;
    }
    group.half_life = fields.number_if("half_life");
    if (const Json* test = fields.object("test_stats")) {
        JsonFields stats{*test, where + ".vectors[0].test_stats"};
        group.t_stat = stats.number_if("t_stat");
        group.test_stats_extra = stats.extra();
        if (const Status status = stats.status(); !status) fields.trouble(status.error());
    }
    group.p_value = fields.number_if("p_value");
    group.vector_extra = fields.extra();
    if (const Status status = fields.status(); !status) group_fields.trouble(status.error());
}

HoldoutCheck read_holdout(const Json& json, JsonFields& group_fields) {
    JsonFields fields{json, "holdout"};
    HoldoutCheck check{fields.number_if("p_value"), fields.number_if("half_life"),
                       fields.number_if("mean_shift"), fields.number_if("std_ratio")};
    if (const Status status = fields.status(); !status) group_fields.trouble(status.error());
    return check;
}

std::optional<GroupEvidence> read_evidence(JsonFields& fields) {
    GroupEvidence evidence;
    evidence.q_value = fields.number_if("q_value");
    evidence.p_value_reverse = fields.number_if("p_value_reverse");
    evidence.dependent = fields.text_or("dependent", "");
    evidence.hedge_ratio = fields.number_if("hedge_ratio");
    evidence.intercept = fields.number_if("intercept");
    if (const Json* holdout = fields.object("holdout")) evidence.holdout = read_holdout(*holdout, fields);
    if (evidence == GroupEvidence{}) return std::nullopt;
    return evidence;
}

Result<BenchmarkGroup> read_group(const Json& json, std::size_t index) {
    const std::string where = fmt::format("cointegration_groups[{}]", index);
    JsonFields fields{json, where};
    BenchmarkGroup group;
    group.id = fields.text("id");
    const std::vector<std::string> assets = fields.texts("assets");
    if (const Status status = fields.status(); !status) return fail(status.error());
    if (assets.size() != 2) {
        return fail(
            Error{Errc::unsupported, fmt::format("expected 2 assets, found {}", assets.size())}.at(where));
    }
    if (base_of(assets[0]) == base_of(assets[1])) {
        return fail(
            Error{Errc::duplicate, fmt::format("expected two different assets, found {} twice", assets[0])}
                .at(where));
    }
    group.assets = {assets[0], assets[1]};
    group.method = fields.text_or("method", group.method);
    group.rank = fields.integer_or("rank", 1);
    const Json* vectors = fields.array("vectors");
    if (vectors == nullptr || vectors->empty()) {
        return fail(
            Error{Errc::missing_column, "expected at least one entry in \"vectors\", found none"}.at(where));
    }
    read_vector(fields, (*vectors)[0], where, group);
    if (vectors->size() > 1) {
        Json rest = Json::array();
        for (std::size_t i = 1; i < vectors->size(); ++i) rest.push_back((*vectors)[i]);
        group.other_vectors = codec::write_json(rest, -1);
    }
    group.selection_score = fields.number_if("selection_score").value_or(0);
    if (const Json* thresholds = fields.object("zscore_thresholds")) {
        JsonFields entry_exit{*thresholds, where + ".zscore_thresholds"};
        group.zscore_thresholds = ZscoreThresholds{entry_exit.number("entry"), entry_exit.number("exit")};
        if (const Status status = entry_exit.status(); !status) fields.trouble(status.error());
    }
    group.notes = fields.text_or("notes", "");
    group.evidence = read_evidence(fields);
    group.extra = fields.extra();
    if (const Status status = fields.status(); !status) return fail(status.error());
    return group;
}

std::optional<Timestamp> read_time(JsonFields& fields, const char* key) {
    const auto text = fields.text_if(key);
    if (!text) return std::nullopt;
    const auto time = parse_timestamp(*text);
    if (!time) {
        fields.trouble(time.error().at(fmt::format("key \"{}\"", key)));
        return std::nullopt;
    }
    return *time;
}

SelectionRecord read_selection(const Json& json, JsonFields& top) {
    JsonFields fields{json, "plumbline"};
    SelectionRecord record;
    record.data_source = fields.text_or("data_source", "");
    record.granularity = fields.text_or("granularity", "");
    record.data_start = read_time(fields, "data_start");
    record.data_end = read_time(fields, "data_end");
    record.holdout_start = read_time(fields, "holdout_start");
    record.pairs_tested = fields.integer_or("pairs_tested", 0);
    record.expected_by_chance = fields.number_or("expected_by_chance", 0);
    record.passed = fields.integer_or("passed", 0);
    record.fdr = fields.number_if("fdr");
    if (const Json* refused = fields.object("refused")) {
        for (const auto& item : refused->items()) {
            if (!item.value().is_number_integer()) {
                fields.trouble(Error{Errc::parse, "refused: expected whole numbers"});
                break;
            }
            record.refused.push_back({item.key(), item.value().get<std::int64_t>()});
        }
    }
    record.extra = fields.extra();
    if (const Status status = fields.status(); !status) top.trouble(status.error());
    return record;
}

Json to_json(const SelectionRecord& record) {
    Json json = Json::object();
    json["data_source"] = record.data_source;
    json["granularity"] = record.granularity;
    const auto time = [](const std::optional<Timestamp>& at) {
        return at ? Json(to_python_iso(*at)) : Json(nullptr);
    };
    json["data_start"] = time(record.data_start);
    json["data_end"] = time(record.data_end);
    json["holdout_start"] = time(record.holdout_start);
    json["pairs_tested"] = record.pairs_tested;
    json["expected_by_chance"] = record.expected_by_chance;
    json["passed"] = record.passed;
    if (record.fdr) json["fdr"] = *record.fdr;
    Json refused = Json::object();
    for (const auto& [reason, pairs] : record.refused) refused[reason] = pairs;
    json["refused"] = std::move(refused);
    add_extra(json, record.extra);
    return json;
}

void add_evidence(Json& json, const GroupEvidence& evidence) {
    json["q_value"] = number_or_null(evidence.q_value);
    json["p_value_reverse"] = number_or_null(evidence.p_value_reverse);
    json["dependent"] = evidence.dependent;
    json["hedge_ratio"] = number_or_null(evidence.hedge_ratio);
    json["intercept"] = number_or_null(evidence.intercept);
    if (!evidence.holdout) return;
    Json& holdout = json["holdout"] = Json::object();
    holdout["p_value"] = number_or_null(evidence.holdout->p_value);
    holdout["half_life"] = number_or_null(evidence.holdout->half_life);
    holdout["mean_shift"] = number_or_null(evidence.holdout->mean_shift);
    holdout["std_ratio"] = number_or_null(evidence.holdout->std_ratio);
}

Json vector_json(const BenchmarkGroup& group) {
    Json vector = Json::object();
    Json& weights = vector["weights"] = Json::object();
    for (std::size_t leg = 0; leg < 2; ++leg) weights[group.assets[leg]] = group.weights[leg];
    vector["spread_mean"] = group.spread_mean;
    vector["spread_std"] = group.spread_std;
    vector["half_life"] = number_or_null(group.half_life);
    Json& test = vector["test_stats"] = Json::object();
    test["t_stat"] = number_or_null(group.t_stat);
    add_extra(test, group.test_stats_extra);
    vector["p_value"] = number_or_null(group.p_value);
    add_extra(vector, group.vector_extra);
    return vector;
}

Json to_json(const BenchmarkGroup& group) {
    Json json = Json::object();
    json["id"] = group.id;
    json["assets"] = group.assets;
    json["method"] = group.method;
    json["rank"] = group.rank;
    Json& vectors = json["vectors"] = Json::array();
    vectors.push_back(vector_json(group));
    if (!group.other_vectors.empty()) {
        if (const auto others = codec::parse_json(group.other_vectors)) {
            for (const Json& other : *others) vectors.push_back(other);
        }
    }
    json["selection_score"] = group.selection_score;
    if (group.zscore_thresholds) {
        Json& thresholds = json["zscore_thresholds"] = Json::object();
        thresholds["entry"] = group.zscore_thresholds->entry;
        thresholds["exit"] = group.zscore_thresholds->exit;
    }
    json["notes"] = group.notes;
    if (group.evidence) add_evidence(json, *group.evidence);
    add_extra(json, group.extra);
    return json;
}

/// A file in the way must be one we can read; else it may be the only copy of something (S04).
Status may_replace(const std::filesystem::path& path) {
    const auto existing = load_benchmarks(path);
    if (existing || existing.error().code() == Errc::not_found) return {};
    return fail(Errc::corrupt, fmt::format("{}; it is left as it is: move it away and run again",
                                           existing.error().message()));
}

}  // namespace

BenchmarkGroup benchmark_group(std::string_view other, std::string_view dependent, double hedge_ratio) {
    BenchmarkGroup group;
    group.assets = {std::string{other}, std::string{dependent}};
    group.weights = {-hedge_ratio, 1.0};
    for (const std::string& asset : group.assets) {
        if (!group.id.empty()) group.id += '-';
        for (const char c : asset) {
            if (c != '/') group.id += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        }
    }
    return group;
}

Result<Benchmarks> read_benchmarks(std::string_view text) {
    const auto json = codec::parse_json(text);
    if (!json) return fail(json.error());
    JsonFields fields{*json, "benchmarks"};
    for (const char* key : kRequired) {
        if (json->is_object() && !fields.has(key)) {
            return fail(Errc::missing_column,
                        fmt::format("expected the key \"{}\" of a benchmarks file, found none", key));
        }
    }
    Benchmarks benchmarks;
    benchmarks.version = fields.text("version");
    const auto computed_at = parse_timestamp(fields.text("computed_at_utc"));
    if (!computed_at) fields.trouble(computed_at.error().at("key \"computed_at_utc\""));
    benchmarks.computed_at = computed_at.value_or(Timestamp{});
    benchmarks.computed_on_exchange = fields.text_if("computed_on_exchange");
    benchmarks.computed_on_testnet = fields.boolean_if("computed_on_testnet");
    benchmarks.universe = fields.texts("universe");
    benchmarks.lookback_days = fields.integer("lookback_days");
    benchmarks.p_threshold = fields.number_if("p_threshold");
    if (const Json* groups = fields.array("cointegration_groups")) {
        for (std::size_t i = 0; i < groups->size(); ++i) {
            auto group = read_group((*groups)[i], i);
            if (!group) return fail(group.error());
            benchmarks.groups.push_back(*std::move(group));
        }
    }
    if (const Json* metrics = fields.object("metrics")) benchmarks.metrics = codec::write_json(*metrics, -1);
    if (const Json* selection = fields.object("plumbline"))
        benchmarks.selection = read_selection(*selection, fields);
    benchmarks.extra = fields.extra();
    if (const Status status = fields.status(); !status) return fail(status.error());
    return benchmarks;
}

std::string write_benchmarks(const Benchmarks& benchmarks) {
    Json json = Json::object();
    json["version"] = benchmarks.version;
    json["computed_at_utc"] = to_python_iso(benchmarks.computed_at);
    if (benchmarks.computed_on_exchange) json["computed_on_exchange"] = *benchmarks.computed_on_exchange;
    if (benchmarks.computed_on_testnet) json["computed_on_testnet"] = *benchmarks.computed_on_testnet;
    json["universe"] = benchmarks.universe;
    json["lookback_days"] = benchmarks.lookback_days;
    if (benchmarks.p_threshold) json["p_threshold"] = *benchmarks.p_threshold;
    Json& groups = json["cointegration_groups"] = Json::array();
    for (const BenchmarkGroup& group : benchmarks.groups) groups.push_back(to_json(group));
    const auto metrics = codec::parse_json(benchmarks.metrics);
    json["metrics"] = metrics && metrics->is_object() ? *metrics : Json::object();
    if (benchmarks.selection) json["plumbline"] = to_json(*benchmarks.selection);
    add_extra(json, benchmarks.extra);
    return codec::write_json(json, 2);
}

Result<Benchmarks> load_benchmarks(const std::filesystem::path& path) {
    const auto text = io::read_file(path);
    if (!text) return fail(text.error());
    auto benchmarks = read_benchmarks(*text);
    if (!benchmarks) return fail(benchmarks.error().at(path.string()));
    return benchmarks;
}

std::string benchmarks_file_name(Timestamp computed_at) {
    const IsoWeek week = iso_week(computed_at);
    return fmt::format("benchmarks_{:04}-{:02}.json", week.year, week.week);
}

std::filesystem::path benchmarks_folder(const std::filesystem::path& workspace) {
    return workspace / "data" / "benchmarks";
}

std::filesystem::path latest_benchmarks(const std::filesystem::path& workspace) {
    return benchmarks_folder(workspace) / "benchmarks_latest.json";
}

Result<std::vector<std::filesystem::path>> save_benchmarks(const std::filesystem::path& workspace,
                                                           const Benchmarks& benchmarks) {
    const std::vector<std::filesystem::path> paths{
        benchmarks_folder(workspace) / benchmarks_file_name(benchmarks.computed_at),
        latest_benchmarks(workspace)};
    for (const auto& path : paths) {
        if (const Status allowed = may_replace(path); !allowed) return fail(allowed.error());
    }
    const std::string text = write_benchmarks(benchmarks);
    for (const auto& path : paths) {
        if (const Status written = io::replace_file(path, text); !written) return fail(written.error());
    }
    return paths;
}

bool older_than(const Benchmarks& benchmarks, Timestamp now, int days) {
    return now - benchmarks.computed_at > std::chrono::hours{24} * days;
}

}  // namespace plumb::store
