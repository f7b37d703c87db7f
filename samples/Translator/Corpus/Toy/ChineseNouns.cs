namespace Translator.Corpus.Toy;

/// <param name="Measure">What counts it and follows that and this: 那只猫.</param>
public sealed record ChineseNoun(string Text, string Measure);

/// <summary>The Chinese nouns and names, found by their French lemma.</summary>
public static class ChineseNouns
{
    private static readonly Dictionary<string, string> Names = new()
    {
        ["anne"] = "安妮",
        ["claire"] = "克莱尔",
        ["julie"] = "朱莉",
        ["marie"] = "玛丽",
        ["louis"] = "路易",
        ["luc"] = "吕克",
        ["paul"] = "保罗",
        ["pierre"] = "皮埃尔",
    };

    private static readonly Dictionary<string, ChineseNoun> Nouns = new()
    {
        // people
        ["homme"] = new("男人", "个"),
        ["femme"] = new("女人", "个"),
        ["garçon"] = new("男孩", "个"),
        ["fille"] = new("女孩", "个"),
        ["enfant"] = new("孩子", "个"),
        ["roi"] = new("国王", "位"),
        ["reine"] = new("女王", "位"),
        ["fermier"] = new("农民", "个"),
        ["actrice"] = new("女演员", "位"),
        ["ami"] = new("朋友", "个"),
        ["amie"] = new("朋友", "个"),
        ["frère"] = new("兄弟", "个"),
        ["sœur"] = new("姐妹", "个"),
        ["père"] = new("父亲", "位"),
        ["mère"] = new("母亲", "位"),
        ["voisin"] = new("邻居", "个"),
        ["voisine"] = new("邻居", "个"),
        ["oncle"] = new("叔叔", "个"),
        ["tante"] = new("阿姨", "个"),
        ["professeur"] = new("老师", "位"),
        ["médecin"] = new("医生", "位"),

        // animals
        ["chat"] = new("猫", "只"),
        ["chien"] = new("狗", "条"),
        ["cheval"] = new("马", "匹"),
        ["oiseau"] = new("鸟", "只"),
        ["souris"] = new("老鼠", "只"),
        ["vache"] = new("奶牛", "头"),
        ["mouton"] = new("羊", "只"),
        ["loup"] = new("狼", "匹"),
        ["ours"] = new("熊", "头"),
        ["hibou"] = new("猫头鹰", "只"),
        ["oie"] = new("鹅", "只"),

        // food and drink; what is not counted is measured by 些 alone
        ["pomme"] = new("苹果", "个"),
        ["orange"] = new("橙子", "个"),
        ["tomate"] = new("西红柿", "个"),
        ["œuf"] = new("鸡蛋", "个"),
        ["gâteau"] = new("蛋糕", "个"),
        ["pain"] = new("面包", "些"),
        ["soupe"] = new("汤", "些"),
        ["fromage"] = new("奶酪", "些"),
        ["viande"] = new("肉", "些"),
        ["eau"] = new("水", "些"),
        ["lait"] = new("牛奶", "些"),
        ["café"] = new("咖啡", "些"),
        ["thé"] = new("茶", "些"),

        // things to read
        ["livre"] = new("书", "本"),
        ["lettre"] = new("信", "封"),
        ["histoire"] = new("故事", "个"),
        ["poème"] = new("诗", "首"),
        ["journal"] = new("报纸", "份"),

        // things to own
        ["clé"] = new("钥匙", "把"),
        ["couteau"] = new("刀", "把"),
        ["fleur"] = new("花", "朵"),
        ["jouet"] = new("玩具", "件"),
        ["parapluie"] = new("雨伞", "把"),
        ["cadeau"] = new("礼物", "件"),
        ["verre"] = new("玻璃杯", "个"),
        ["assiette"] = new("盘子", "个"),
        ["boîte"] = new("盒子", "个"),
        ["sac"] = new("包", "个"),
        ["bouteille"] = new("瓶子", "个"),
        ["chapeau"] = new("帽子", "顶"),
        ["manteau"] = new("大衣", "件"),
        ["robe"] = new("裙子", "条"),
        ["chemise"] = new("衬衫", "件"),
        ["table"] = new("桌子", "张"),
        ["chaise"] = new("椅子", "把"),
        ["lit"] = new("床", "张"),
        ["arbre"] = new("树", "棵"),
        ["porte"] = new("门", "扇"),
        ["fenêtre"] = new("窗户", "扇"),
        ["voiture"] = new("汽车", "辆"),
        ["vélo"] = new("自行车", "辆"),
        ["bateau"] = new("船", "艘"),

        // places
        ["maison"] = new("房子", "座"),
        ["rue"] = new("街", "条"),
        ["ville"] = new("城市", "座"),
        ["forêt"] = new("森林", "片"),
        ["cuisine"] = new("厨房", "间"),
        ["jardin"] = new("花园", "座"),
        ["école"] = new("学校", "所"),
        ["hôtel"] = new("旅馆", "家"),
        ["hôpital"] = new("医院", "家"),
        ["église"] = new("教堂", "座"),
        ["château"] = new("城堡", "座"),
        ["musée"] = new("博物馆", "座"),
        ["gare"] = new("车站", "座"),
        ["parc"] = new("公园", "座"),
        ["marché"] = new("市场", "个"),
        ["plage"] = new("海滩", "片"),
        ["pont"] = new("桥", "座"),
    };

    public static ChineseNoun Of(Noun noun) => Nouns[noun.French];

    public static string Of(Name name) => Names[name.Text];
}
