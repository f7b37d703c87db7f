namespace Translator.Corpus.Toy;

/// <summary>How a Chinese verb bears what is put to it.</summary>
public enum ChineseVerbKind
{
    /// <summary>It stays whole: 他哭了.</summary>
    Plain,
    /// <summary>Its second part is an object of its own, which parts from it: 他睡觉了, 他从没睡过觉, 他睡得很好.</summary>
    Parting,
    /// <summary>Its second part is the success, which is denied within it: 他看不见.</summary>
    Resultative,
}

public sealed record ChineseVerb(string First, string Second = "", ChineseVerbKind Kind = ChineseVerbKind.Plain);

/// <param name="TakesDe">的 stands between it and its noun: 漂亮的猫, but 小猫.</param>
public sealed record ChineseAdjective(string Text, bool TakesDe);

/// <param name="Denied">What it becomes after a negation: one must, but must not, is 必须 and 不许.</param>
public sealed record ChineseModal(string Text, string Denied);

/// <summary>The Chinese words besides nouns, found by their French lemma.</summary>
public static class ChineseWords
{
    private static readonly Dictionary<string, ChineseVerb> Verbs = new()
    {
        ["être"] = new("在"),
        ["dormir"] = Parting("睡", "觉"),
        ["courir"] = Parting("跑", "步"),
        ["marcher"] = Parting("走", "路"),
        ["nager"] = Parting("游", "泳"),
        ["jouer"] = new("玩"),
        ["chanter"] = Parting("唱", "歌"),
        ["danser"] = Parting("跳", "舞"),
        ["travailler"] = new("工作"),
        ["pleurer"] = new("哭"),
        ["arriver"] = new("到达"),
        ["partir"] = new("离开"),
        ["venir"] = new("来"),
        ["revenir"] = new("回来"),
        ["aller"] = new("去"),
        ["tomber"] = new("摔倒"),
        ["rester"] = new("停留"),
        ["avoir"] = new("有"),
        ["voir"] = Resultative("看", "见"),
        ["regarder"] = new("看"),
        ["chercher"] = new("找"),
        ["trouver"] = Resultative("找", "到"),
        ["connaître"] = new("认识"),
        ["attendre"] = new("等"),
        ["aider"] = new("帮助"),
        ["appeler"] = new("叫"),
        ["aimer"] = new("爱"),
        ["manger"] = new("吃"),
        ["boire"] = new("喝"),
        ["lire"] = new("读"),
        ["écrire"] = new("写"),
        ["finir"] = new("完成"),
        ["acheter"] = new("买"),
        ["vendre"] = new("卖"),
        ["prendre"] = new("拿"),
        ["choisir"] = new("选择"),
        ["ouvrir"] = new("打开"),
        ["fermer"] = new("关上"),
        ["casser"] = new("弄坏"),
        ["porter"] = new("穿"),
        ["faire"] = new("做"),
        ["donner"] = new("给"),
        ["montrer"] = new("看"),
        ["parler"] = Parting("说", "话"),
        ["penser"] = new("认为"),
        ["croire"] = new("相信"),
        ["savoir"] = new("知道"),
        ["dire"] = new("说"),
    };

    private static readonly Dictionary<string, ChineseModal> Modals = new()
    {
        ["vouloir"] = new("想", "想"),
        ["pouvoir"] = new("能", "能"),
        ["devoir"] = new("必须", "许"),
        ["aller"] = new("打算", "打算"),
    };

    private static readonly Dictionary<string, ChineseAdjective> Adjectives = new()
    {
        ["petit"] = new("小", TakesDe: false),
        ["grand"] = new("大", TakesDe: false),
        ["gros"] = new("胖", TakesDe: false),
        ["joli"] = new("漂亮", TakesDe: true),
        ["beau"] = new("美丽", TakesDe: true),
        ["vieux"] = new("旧", TakesDe: false),
        ["nouveau"] = new("新", TakesDe: false),
        ["jeune"] = new("年轻", TakesDe: true),
        ["bon"] = new("好", TakesDe: false),
        ["mauvais"] = new("糟糕", TakesDe: true),
        ["rouge"] = new("红", TakesDe: false),
        ["noir"] = new("黑", TakesDe: false),
        ["blanc"] = new("白", TakesDe: false),
        ["gris"] = new("灰", TakesDe: false),
        ["vert"] = new("绿", TakesDe: false),
        ["bleu"] = new("蓝", TakesDe: false),
        ["fatigué"] = new("疲倦", TakesDe: true),
        ["malade"] = new("难受", TakesDe: true),
        ["triste"] = new("难过", TakesDe: true),
        ["heureux"] = new("高兴", TakesDe: true),
        ["calme"] = new("安静", TakesDe: true),
        ["prudent"] = new("谨慎", TakesDe: true),
        ["sale"] = new("脏", TakesDe: true),
        ["froid"] = new("冷", TakesDe: false),
        ["chaud"] = new("热", TakesDe: false),
        ["intelligent"] = new("聪明", TakesDe: true),
        ["gentil"] = new("善良", TakesDe: true),
        ["riche"] = new("富有", TakesDe: true),
        ["célèbre"] = new("著名", TakesDe: true),
        ["dangereux"] = new("危险", TakesDe: true),
        ["cher"] = new("贵", TakesDe: true),
        ["lourd"] = new("重", TakesDe: true),
        ["intéressant"] = new("有趣", TakesDe: true),
    };

    private static readonly Dictionary<string, string> Others = new()
    {
        ["souvent"] = "经常",
        ["toujours"] = "总是",
        ["bien"] = "好",
        ["mal"] = "差",
        ["beaucoup"] = "多",
        ["lentement"] = "慢",
        ["hier"] = "昨天",
        ["ce matin"] = "今天早上",
        ["demain"] = "明天",
        ["ce soir"] = "今晚",
        ["aujourd'hui"] = "今天",
        ["tous les jours"] = "每天",
        ["deux"] = "两",
        ["trois"] = "三",
        ["quatre"] = "四",
        ["cinq"] = "五",
        ["six"] = "六",
        ["dix"] = "十",
        ["et"] = "，而",
        ["mais"] = "，但是",
        ["parce que"] = "，因为",
        ["dans"] = "里",
        ["sur"] = "上",
        ["sous"] = "下面",
        ["devant"] = "前面",
        ["derrière"] = "后面",
        ["près de"] = "附近",
    };

    /// <summary>A hat is put on by another verb than clothes are: 戴帽子, 穿大衣.</summary>
    public static ChineseVerb Of(Verb verb, Participant? what) =>
        verb.French == "porter" && what is NounPhrase { Noun.French: "chapeau" } ? new("戴") : Verbs[verb.French];

    public static ChineseModal Of(Modal modal) => Modals[modal.French];

    /// <summary>What lives is old (老) in another word than what was made (旧).</summary>
    public static ChineseAdjective Of(Adjective adjective, Participant of) =>
        adjective.French == "vieux" && (of is not NounPhrase { Noun: var noun } || (noun.Kind & Kind.Animate) != 0 || noun.French == "arbre")
            ? new("老", TakesDe: false)
            : Adjectives[adjective.French];

    public static string Of(Adverb adverb) => Others[adverb.French];

    public static string Of(Numeral numeral) => Others[numeral.French];

    /// <summary>That has no word: 我认为他会来. The others begin after a comma.</summary>
    public static string Of(Conjunction conjunction) => Others.GetValueOrDefault(conjunction.French, "");

    /// <summary>Which side of a thing is meant; it follows the noun. One is on a street, not in it.</summary>
    public static string Side(Preposition preposition, Participant of) =>
        of is NounPhrase { Noun.French: "rue" } && preposition == Prepositions.In ? "上" : Others[preposition.French];

    private static ChineseVerb Parting(string first, string second) => new(first, second, ChineseVerbKind.Parting);

    private static ChineseVerb Resultative(string first, string second) => new(first, second, ChineseVerbKind.Resultative);
}
