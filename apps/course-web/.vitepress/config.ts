import path from "node:path";
import { katex } from "@mdit/plugin-katex";
import { defineConfig } from "vitepress";
import { coursePages } from "../src/course-pages.ts";
import { blockAnchors } from "../src/markdown/block-anchors.ts";
import { plainText } from "../src/markdown/plain-text.ts";
import { plannedLinks } from "../src/markdown/planned-links.ts";
import { resolveFromSite } from "../src/resolve-from-site.ts";

const site = path.resolve(import.meta.dirname, "..");
const docs = path.resolve(site, "../../docs");

const pages = await coursePages(path.join(docs, "course"));

export default defineConfig({
  srcDir: docs,
  outDir: path.join(site, "dist"),
  cacheDir: path.resolve(import.meta.dirname, "cache"),
  srcExclude: ["decisions/**", "architecture.md", "**/README.md"],
  cleanUrls: true,
  lastUpdated: false,
  lang: "zh-CN",
  title: "带你自学大语言模型",
  description: "一门可以提问的大语言模型自学课:每个回答都引到原文的那一段。",
  head: [["link", { rel: "icon", href: "/icon.svg", type: "image/svg+xml" }]],
  markdown: {
    html: false,
    attrs: { disable: true },
    theme: { light: "github-light", dark: "github-dark" },
    codeCopyButtonTitle: "复制",
    config(md) {
      md.use(katex, { throwOnError: false });
      md.use(blockAnchors);
      plannedLinks(md, pages.planned, "撰写中");
      plainText(md);
    },
  },
  transformPageData: pages.transformPageData,
  locales: {
    root: { label: "简体中文", lang: "zh-CN" },
    en: {
      label: "English",
      lang: "en",
      title: "Teach Yourself Large Language Models",
      description: "A self-study course in Chinese that you can ask: every answer cites the exact paragraph.",
      themeConfig: {
        nav: [
          { text: "Course", link: "/course/" },
          { text: "Ask", link: "/en/ask" },
        ],
      },
    },
  },
  themeConfig: {
    nav: [
      { text: "课程", link: "/course/" },
      { text: "提问", link: "/ask" },
    ],
    sidebar: { "/course/": pages.sidebar },
    outline: { level: [2, 3], label: "本页" },
    docFooter: { prev: "上一节", next: "下一节" },
    darkModeSwitchLabel: "外观",
    lightModeSwitchTitle: "切换到浅色",
    darkModeSwitchTitle: "切换到深色",
    sidebarMenuLabel: "目录",
    returnToTopLabel: "回到顶部",
    langMenuLabel: "语言",
    skipToContentLabel: "跳到正文",
  },
  vite: {
    plugins: [resolveFromSite(docs, site)],
    server: { fs: { allow: [path.resolve(import.meta.dirname, "../../..")] } },
  },
});
