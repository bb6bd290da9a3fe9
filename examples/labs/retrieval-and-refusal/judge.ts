import {
  type ChunkIndex,
  DEFAULT_THRESHOLDS,
  familiarity,
  judgeTopic,
  type RefusalJudgement,
  retrieve,
  type SufficiencyThresholds,
} from "@zixue/rag";

// #region judge
/** 回答之前先判断：资料对这个问题有多熟悉？熟悉度低于门槛就拒答。题库不参与，否则等于看着答案考试。 */
export function judgeWith(index: ChunkIndex, thresholds: SufficiencyThresholds = DEFAULT_THRESHOLDS) {
  return async (question: string): Promise<RefusalJudgement> => {
    const retrieval = await retrieve(question, { index, useQuestionBank: false });
    return {
      familiarity: familiarity(retrieval),
      refused: judgeTopic(retrieval, thresholds).refused !== null,
    };
  };
}
// #endregion judge
